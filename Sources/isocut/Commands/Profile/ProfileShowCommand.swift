import ArgumentParser
import IsocutGraph
import IsocutProfile

struct ProfileShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show all that is known of one stage.",
    discussion: """
      A stage is measured once for each backend, version, kind of device, set of options and machine; \
      all of these are shown.

      Examples:
        isocut profile show 3f9a
        isocut profile show 3f9a --format json
      """)

  @Argument(
    help: ArgumentHelp(
      "The beginning of the stage's key, as isocut profile list shows it.", valueName: "stage"))
  var stage: String

  @OptionGroup(title: "Measurements") var file: StoreFileOptions
  @OptionGroup(title: "Result") var report: ReportOptions

  func run() throws {
    try report.check()
    let prefix = try ResultSelectionOptions.prefix(stage)
    let store = try file.open()
    let stages = try store.stages(withPrefix: prefix, limit: 4)
    guard let only = stages.first else {
      throw IsocutError(
        .missingInput,
        "no stage in \(store.path) has a key that begins with \(prefix); see isocut profile list")
    }
    guard stages.count == 1 else {
      let known = stages.prefix(3).map { String($0.prefix(prefix.count + 8)) }
        .joined(separator: ", ")
      throw IsocutError(
        .usage,
        "several stages have a key that begins with \(prefix): \(known)\(stages.count > 3 ? ", …" : "")"
      )
    }
    try report.write(
      ProfileReport.show(try store.list(StoreSelection(stagePrefix: only)), store: store))
  }
}
