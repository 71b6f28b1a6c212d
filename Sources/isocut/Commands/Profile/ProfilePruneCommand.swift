import ArgumentParser
import IsocutGraph
import IsocutProfile
import IsocutReport

struct ProfilePruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove stored measurements.",
    discussion: """
      Removes the results that all given options select, or the oldest ones until the file is small \
      enough. A removed result is measured again when it is needed; removing a failed one lets its \
      stage be tried again.

      Examples:
        isocut profile prune --older-than 90d
        isocut profile prune --status timed_out
        isocut profile prune --to-size 100MiB
        isocut profile prune --all
      """)

  @OptionGroup(title: "Results") var results: ResultSelectionOptions

  @Flag(help: "Remove every result.")
  var all = false

  @Option(
    name: .customLong("to-size"),
    help: ArgumentHelp(
      "Remove the oldest results until the file holds at most so much, such as 100MiB.",
      valueName: "size"))
  var toSize: ByteCount?

  @OptionGroup(title: "Measurements") var file: StoreFileOptions
  @OptionGroup(title: "Result") var report: ReportOptions

  func run() throws {
    try report.check()
    let ways = [!results.isEmpty, all, toSize != nil].count { $0 }
    guard ways > 0 else {
      throw IsocutError(
        .usage,
        "nothing says what to remove; give --stage, --backend, --status, --older-than, --to-size or --all"
      )
    }
    guard ways == 1 else {
      throw IsocutError(
        .usage, "--all, --to-size and options that select results exclude each other")
    }
    let selection = try results.selection()
    let store = try file.open()
    let removed =
      try toSize.map { try store.prune(toBytes: $0.bytes) } ?? store.prune(selection)
    let left = try store.count()
    try report.write(
      Report(
        tables: [
          ProfileReport.summary(
            "Removed", removed, "Left", left, bytes: try store.usedBytes())
        ], notes: ["Store: \(store.path)"],
        json: ProfileReport.json(store).merging([
          "removed": .integer(removed), "left": .integer(left),
          "used_bytes": .integer(try store.usedBytes()),
        ])))
  }
}
