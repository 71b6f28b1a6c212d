import ArgumentParser
import Foundation
import IsocutGraph
import IsocutReport

extension ReportFormat: ExpressibleByArgument {}
extension ColorChoice: ExpressibleByArgument {}

/// Where a result goes and in which form.
struct ReportOptions: ParsableArguments {
  @Option(help: "Form of the result: table, json, csv or markdown.")
  var format: ReportFormat?

  @Option(
    help: ArgumentHelp(
      "Write the result to a file, in the form its suffix names (.txt, .json, .csv, .md).",
      valueName: "file"))
  var report: String?

  @Option(help: "Colour on the terminal: auto, always or never.")
  var color: ColorChoice = .auto

  /// Checks before any work is done that the report can be written. Commands call it themselves: an
  /// error of `validate` would lose its exit code in the argument parser.
  func check() throws {
    guard let report else { return }
    if format == nil { _ = try ReportFormat(forFile: report) }
    let folder = (report as NSString).deletingLastPathComponent
    let parent = folder.isEmpty ? "." : folder
    guard FileManager.default.isWritableFile(atPath: parent) else {
      throw IsocutError(
        .cannotCreate, "cannot write \(report): its folder is missing or not writable")
    }
  }

  func write(_ content: Report) throws {
    let form = try form
    guard report == nil else { return try write(content.text(as: form)) }
    let allowsColor = color.allowsColor(
      environment: ProcessInfo.processInfo.environment,
      isTerminal: Terminal.standardOutput.isTerminal)
    try write(content.text(as: form, color: allowsColor))
  }

  /// The form that is asked for.
  var form: ReportFormat {
    get throws { try format ?? report.map { try ReportFormat(forFile: $0) } ?? .table }
  }

  /// Writes a text that is in that form already.
  func write(_ text: String) throws {
    guard let report else { return try Terminal.standardOutput.writeResult(text) }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: report), options: .atomic)
    } catch {
      throw IsocutError(cannotCreate: "cannot write \(report)", cause: error)
    }
  }
}
