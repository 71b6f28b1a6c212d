import ArgumentParser
import Foundation
import IsocutGraph
import IsocutProfile
import IsocutReport

struct ProfileImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take measurements that isocut profile export wrote.",
    discussion: """
      Where a result is there already, the newer one stays. A file with a line that is no result is \
      refused as a whole.

      Examples:
        isocut profile import results.jsonl
        ssh pi isocut profile export | isocut profile import -
      """)

  @Argument(help: ArgumentHelp("File to read; - is standard input.", valueName: "file"))
  var input: String

  @OptionGroup(title: "Measurements") var file: StoreFileOptions
  @OptionGroup(title: "Result") var report: ReportOptions

  func run() throws {
    try report.check()
    let lines: ProfileStore.ExportedLines
    let data = try read()
    do {
      lines = try ProfileStore.ExportedLines(data)
    } catch let error as IsocutError where error.code == .badData {
      throw IsocutError(.badData, "\(input) cannot be imported", cause: error)
    }
    let store = try file.open(creates: true)
    let result = try store.importLines(lines)
    try report.write(
      Report(
        tables: [
          ProfileReport.summary(
            "Taken", result.taken, "Already there", result.read - result.taken,
            bytes: try store.usedBytes())
        ], notes: ["Store: \(store.path)"],
        json: ProfileReport.json(store).merging([
          "read": .integer(result.read), "taken": .integer(result.taken),
        ])))
  }

  private func read() throws -> Data {
    do {
      if input == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
      return try Data(contentsOf: URL(fileURLWithPath: input), options: .mappedIfSafe)
    } catch {
      throw IsocutError(.missingInput, "cannot read \(input)", cause: error)
    }
  }
}
