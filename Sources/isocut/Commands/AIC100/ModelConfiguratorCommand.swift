import ArgumentParser
import IsocutBackends
import IsocutGraph
import IsocutProfile
import IsocutSearch

struct ModelConfiguratorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model-configurator",
    abstract: "Search the configurations of a model on Qualcomm Cloud AI 100.",
    usage: "isocut model-configurator [MODEL onnx] [-option value …] [-- qaic-compile options]",
    discussion: """
      Takes the command lines of the vendor's model_configurator.py, in both of its dialects: one \
      dash or two, values behind a blank or =, names cut short where only one is meant.

      \(ConfiguratorOption.help)

      Examples:
        isocut model-configurator model.onnx onnx -list-configs -cores 14 \\
          -mos 1,2,4 -enable-single-device-partitioning
        isocut model-configurator -model=model.onnx -convert-to-fp16 -cores 2,4
        isocut model-configurator -model=model.onnx -convert-to-fp16 \\
          -config=search.json
      """)

  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("The model and options, as above.", valueName: "words"))
  var words: [String] = []

  func run() async throws {
    let arguments = try ConfiguratorArguments(parsing: words)
    guard !arguments.asksForHelp else { throw CleanExit.helpRequest(self) }
    let options = try ConfiguratorOptions(arguments)
    if options.listsOnly { try list(options) } else { try await search(options) }
  }

  private func list(_ options: ConfiguratorOptions) throws {
    let rows = try options.configurations(nsps: options.nsps ?? 16)
    try options.saveConfigurations(rows)
    try Terminal.standardOutput.writeResult(ConfigurationListing(rows).text)
  }

  private func search(_ options: ConfiguratorOptions) async throws {
    let tools = AICTools()
    // Before the store is opened: without the tools nothing is written.
    try tools.requireAll()
    let store = try StoreOptions.open(options.store, isKept: options.keepsMeasurements)
    let progress = Progress()
    defer { progress.clear() }
    let configurator = ModelConfigurator(
      options, tools: tools, store: store, isInterrupted: { Interruption.isRequested },
      report: { ConfiguratorProgress.show($0, on: progress) })
    let result = try await BlockingThread.run("isocut search") { try configurator.run() }
    progress.clear()
    try Terminal.standardOutput.writeResult(
      ConfiguratorReport.text(result, compilesOnly: options.compilesOnly))
    let isEmpty = result.ranked.allSatisfy { $0.failure != nil && $0.points.isEmpty }
    if isEmpty, let first = result.ranked.first?.failure {
      throw IsocutError(
        first.code,
        "none of the \(result.ranked.count) configurations could be measured; see \(result.table)",
        cause: first)
    }
  }
}
