import ArgumentParser
import IsocutGraph
import IsocutProfile

struct ProfileListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List stored measurements, newest first.",
    discussion: """
      Examples:
        isocut profile list
        isocut profile list --status crashed --limit 5
        isocut profile list --backend onnxruntime --limit 1000 --format csv
      """)

  @OptionGroup(title: "Results") var results: ResultSelectionOptions

  @Option(help: ArgumentHelp("Show at most so many.", valueName: "count"))
  var limit = 20

  @OptionGroup(title: "Measurements") var file: StoreFileOptions
  @OptionGroup(title: "Result") var report: ReportOptions

  func run() throws {
    try report.check()
    guard limit > 0 else { throw IsocutError(.usage, "--limit \(limit) is not at least 1") }
    var selection = try results.selection()
    let store = try file.open()
    let count = try store.count(selection)
    selection.limit = limit
    try report.write(
      ProfileReport.list(try store.list(selection), of: count, store: store, try store.counts()))
  }
}
