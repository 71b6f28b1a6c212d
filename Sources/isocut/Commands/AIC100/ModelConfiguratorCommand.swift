import ArgumentParser
import Foundation
import IsocutBackends
import IsocutGraph
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
    guard options.listsOnly else {
      throw IsocutError(.usage, "this version only lists configurations: give -list-configs")
    }
    let rows = try options.configurations(nsps: options.nsps ?? 16)
    try options.saveConfigurations(rows)
    let text = ConfigurationListing(rows).text
    if let failure = Terminal.standardOutput.write(text) {
      throw IsocutError(
        .inputOutput, "cannot write the listing to standard output",
        cause: POSIXErrorCode(rawValue: failure).map { POSIXError($0) })
    }
  }
}
