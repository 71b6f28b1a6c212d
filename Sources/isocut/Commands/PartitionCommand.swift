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
    usage: "isocut partition [<options>] <model> --stages <n>",
    discussion: """
      Starts from the split by parameter bytes, measures the stages on their cores, learns, and cuts \
      again until nothing better is predicted. The stages are verified against the whole model \
      before the bundle appears: a folder with plan.json and one model file a stage.

      Examples:
        isocut partition model.onnx --stages 2
        isocut partition model.onnx --stages 2 --dim batch=1 --cpus 2,3 --output model.cut
        isocut partition model.onnx --stages 4 --budget 60s --format json
        isocut partition model.onnx --stages 2 --worker "ssh pi isocut worker"
        isocut partition model.onnx --backend aic100 -- -aic-num-cores=14 \\
          -sdp-cluster-sizes=7,7 -mos=1,4
        isocut partition model.onnx --backend aic100 --stages 2 -- -convert-to-fp16
      """)

  @Argument(help: ArgumentHelp("An ONNX or TFLite model.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("Number of stages.", valueName: "n"))
  var stages: Int?

  @Option(
    help: ArgumentHelp("The bundle's folder. Default: ./MODEL.isocut.", valueName: "folder"))
  var output: String?

  @Flag(help: "Replace the bundle where it exists.")
  var overwrite = false

  @OptionGroup(title: "Model") var modelOptions: ModelOptions
  @OptionGroup(title: "Search") var search: SearchOptions
  @OptionGroup(title: "Cores") var clusters: ClusterOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Engine") var vendor: VendorOptions
  @OptionGroup(title: "Measurements") var store: StoreOptions
  @OptionGroup(title: "Measurements") var worker: WorkerOptions
  @OptionGroup(title: "Result") var report: ReportOptions

  func run() async throws {
    try report.check()
    guard output != "" else { throw IsocutError(.usage, "--output is empty") }
    if engine.backend == AICTools.backendName { return try await runVendorsCompiler() }
    try vendor.refuse()
    let selection = try engine.selection(forModel: model)
    let command = try worker.command()
    // Checked before anything starts; of another machine's cores only that machine knows.
    let local =
      command.isRemote
      ? nil : try request(selection, AllowedCores.current, .read())
    try Engines.requireReady(selection)
    let measurer = try Engines.measurer(selection, worker, store: try store.open())
    let result = try await PartitionRun.run(measurer) {
      let site = try await measurer.site()
      return try local ?? request(selection, site.cpus, site.machine.coreKinds)
    }
    try report.write(PartitionReport.make(result))
  }

  private func runVendorsCompiler() async throws {
    guard stages == nil else { return try await cutIntoPrograms() }
    try vendor.requireOnly(VendorPartition.flags, VendorPartition.remedy)
    let partition = VendorPartition(
      split: try VendorSplit(model: model, tokens: vendor.tokens),
      output: output ?? Self.defaultOutput(forModel: model), overwrites: overwrite)
    if vendor.printsCommands { return try partition.printCommands() }
    try await partition.run(store, report)
  }

  /// isocut's own cut, each stage a program.
  private func cutIntoPrograms() async throws {
    try vendor.requireOnly(ProgramPartition.flags, ProgramPartition.remedy)
    let selection = BackendSelection(
      name: ProgramPartition.engine, library: engine.libraries[ProgramPartition.engine])
    let programs = try StagePrograms(
      stageCount: stages ?? 0, clusterSizes: try clusters.sizes, mos: try clusters.mosValues,
      tokens: vendor.tokens)
    func request(_ layouts: [NSPLayout]) throws -> PartitionRequest {
      PartitionRequest(
        preparation: PreparationRequest(
          backend: selection, model: try modelOptions.request(forModel: model, on: selection)),
        stageCount: layouts.count,
        layout: ClusterLayout(accelerators: StagePrograms.devices(layouts)),
        level: .fixed(.all), method: search.search, bisection: try search.bisection(),
        tolerance: try search.checkedTolerance(),
        budget: search.budget == nil ? ProgramPartition.budget : try search.limit(),
        output: output ?? Self.defaultOutput(forModel: model), overwrites: overwrite)
    }
    // Before tools are looked for: what no device takes.
    _ = try request(try programs.layouts(nsps: NSPLayout.mostNSPs))
    try report.write(
      PartitionReport.make(
        try await ProgramPartition(selection: selection, programs: programs).run(store, request)))
  }

  /// - Parameters:
  ///   - cores: ids of those that stages may be pinned to.
  ///   - kinds: of these cores.
  private func request(
    _ selection: BackendSelection, _ cores: [Int], _ kinds: CoreKinds
  ) throws -> PartitionRequest {
    guard let stages else { throw IsocutError(.usage, "give the number of stages: --stages N") }
    return PartitionRequest(
      preparation: PreparationRequest(
        backend: selection, model: try modelOptions.request(forModel: model, on: selection)),
      stageCount: stages,
      layout: try clusters.layout(stageCount: stages, allowed: cores, coreKinds: kinds),
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
