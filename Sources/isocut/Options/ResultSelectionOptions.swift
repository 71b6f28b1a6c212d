import ArgumentParser
import Foundation
import IsocutGraph
import IsocutProfile

/// Which stored results a command is about; all of those given must hold.
struct ResultSelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Results of stages whose key begins so.", valueName: "prefix"))
  var stage: String?

  @Option(help: ArgumentHelp("Results of one backend.", valueName: "name"))
  var backend: String?

  @Option(
    help: ArgumentHelp(
      """
      Results of one status: \(StageMeasurement.Status.allCases.map(\.rawValue)
        .joined(separator: ", ")).
      """, valueName: "status"))
  var status: String?

  @Option(
    name: .customLong("older-than"),
    help: ArgumentHelp("Results older than 30d, 12h or 90min.", valueName: "age"))
  var olderThan: String?

  func selection(now: Date = Date()) throws -> StoreSelection {
    StoreSelection(
      stagePrefix: try stage.map(Self.prefix), backend: backend, status: try parsedStatus(),
      olderThan: try olderThan.map { now.addingTimeInterval(-(try Self.seconds($0))) })
  }

  var isEmpty: Bool { stage == nil && backend == nil && status == nil && olderThan == nil }

  private func parsedStatus() throws -> StageMeasurement.Status? {
    guard let status else { return nil }
    guard let known = StageMeasurement.Status(rawValue: status) else {
      let names = StageMeasurement.Status.allCases.map(\.rawValue).joined(separator: ", ")
      throw IsocutError(.usage, "--status \(status) is none of \(names)")
    }
    return known
  }

  /// The beginning of a stage's key, in the letters that keys are written with.
  static func prefix(_ text: String) throws -> String {
    let prefix = text.lowercased()
    guard !prefix.isEmpty, prefix.count <= 64, prefix.allSatisfy(\.isHexDigit) else {
      throw IsocutError(
        .usage, "\"\(text)\" is no beginning of a stage's key: up to 64 digits 0-9 and a-f")
    }
    return prefix
  }

  private static func seconds(_ text: String) throws -> Double {
    let units = ["d": 86400.0, "h": 3600, "min": 60, "s": 1]
    let number = text.prefix { $0.isNumber || $0 == "." }
    guard let unit = units[String(text.dropFirst(number.count))], let value = Double(number) else {
      throw IsocutError(.usage, "--older-than \(text) is no age such as 30d, 12h or 90min")
    }
    return value * unit
  }
}
