import ArgumentParser
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile
import IsocutReport
import IsocutSearch

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a model holds and where it can be cut.",
    discussion: """
      With an engine and all sizes known, the prepared model is shown: shapes fixed, constants \
      folded, every tensor's size known. Otherwise the file as it is, with unknown sizes as unknown.

      Examples:
        isocut inspect model.onnx
        isocut inspect model.onnx --dim batch=1 --format json
      """)

  @Argument(help: ArgumentHelp("An ONNX or TFLite model.", valueName: "model"))
  var model: String

  @OptionGroup(title: "Model") var modelOptions: ModelOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Result") var output: ReportOptions

  func run() async throws {
    try output.check()
    let selection = try engine.selection(forModel: model)
    let measurer = Engines.measurer(selection)
    let inspection: Inspection
    do {
      inspection = try await Inspection.make(
        of: PreparationRequest(
          backend: selection,
          model: try modelOptions.request(forModel: model, on: selection)), measurer: measurer)
      await measurer.stop()
    } catch {
      await measurer.stop()
      throw error
    }
    try output.write(InspectReport.make(inspection, summary: .now(selection)))
  }
}
