import ArgumentParser
import Foundation
import IsocutBackends
import IsocutGraph
import IsocutProfile
import IsocutReport
import IsocutSearch
import IsocutWorker

struct PartitionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partition",
    abstract: "Cut a model into stages of equal latency, by measuring them.",
    discussion: """
      Starts from the split by parameter bytes, measures the stages on their cores, learns, and cuts \
      again until nothing better is predicted. The stages are verified against the whole model \
      before the bundle appears: a folder with plan.json and one model file a stage.

      Examples:
        isocut partition model.onnx --stages 2
        isocut partition model.onnx --stages 2 --dim batch=1 --cpus 2,3 --output model.cut
        isocut partition model.onnx --stages 4 --budget 60s --format json
        isocut partition model.onnx --stages 2 --worker "ssh pi isocut worker"
      """)

  @Argument(help: ArgumentHelp("An ONNX or TFLite model.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("Number of stages.", valueName: "n"))
  var stages: Int

  @Option(
    help: ArgumentHelp("The bundle's folder. Default: ./MODEL.isocut.", valueName: "folder"))
  var output: String?

  @Flag(help: "Replace the bundle where it exists.")
  var overwrite = false

  @OptionGroup(title: "Model") var modelOptions: ModelOptions
  @OptionGroup(title: "Search") var search: SearchOptions
  @OptionGroup(title: "Cores") var clusters: ClusterOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Measurements") var store: StoreOptions
  @OptionGroup(title: "Measurements") var worker: WorkerOptions
  @OptionGroup(title: "Result") var report: ReportOptions

  func run() async throws {
    try report.check()
    guard output != "" else { throw IsocutError(.usage, "--output is empty") }
    let selection = try engine.selection(forModel: model)
    let command = try worker.command()
    // Checked before anything starts; of another machine's cores only that machine knows.
    let local =
      command.isRemote ? nil : try request(selection, cores: AllowedCores.current)
    try Engines.requireReady(selection)
    let measurer = try Engines.measurer(selection, worker, store: try store.open())
    Interruption.finishesStep()
    let progress = Progress()
    do {
      let cores = try await measurer.site().cpus
      let partitioner = Partitioner(
        try local ?? request(selection, cores: cores), measurer: measurer,
        toolVersion: ToolVersion.current,
        isInterrupted: { Interruption.isRequested },
        report: { PartitionProgress.show($0, on: progress) })
      let result = try await partitioner.run()
      progress.clear()
      await measurer.stop()
      try report.write(PartitionReport.make(result))
    } catch {
      progress.clear()
      await measurer.stop()
      throw error
    }
  }

  /// - Parameter cores: ids of those that stages may be pinned to.
  private func request(
    _ selection: BackendSelection, cores: [Int]
  ) throws -> PartitionRequest {
    PartitionRequest(
      preparation: PreparationRequest(
        backend: selection, model: try modelOptions.request(forModel: model, on: selection)),
      stageCount: stages, layout: try clusters.layout(stageCount: stages, allowed: cores),
      level: try search.level(), method: search.search, bisection: try search.bisection(),
      tolerance: try search.checkedTolerance(), budget: try search.limit(),
      output: output ?? Self.defaultOutput(forModel: model), overwrites: overwrite)
  }

  /// `./NAME.isocut` for `some/folder/NAME.onnx`.
  static func defaultOutput(forModel path: String) -> String {
    let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    return "./\(name).isocut"
  }
}
