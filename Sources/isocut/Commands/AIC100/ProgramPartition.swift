import IsocutBackends
import IsocutProfile
import IsocutSearch

/// `isocut partition --backend aic100 --stages N`: isocut cuts, and each stage becomes a program that
/// the vendor's tools compile and measure.
struct ProgramPartition {
  /// Prepares the model and verifies the stages, on this machine's cores.
  static let engine = "onnxruntime"
  /// The flags of `isocut partition` that it takes.
  static let flags = [
    "--backend", "--stages", "--cluster-sizes", "--mos", "--output", "--overwrite", "--shape",
    "--dim", "--input", "--input-value", "--input-range", "--seed", "--no-fold", "--search",
    "--tolerance", "--budget", "--diff-threshold-ns", "--partition-search-step",
    "--initial-lower-bound-ns", "--initial-upper-bound-ns", "--onnxruntime", "--store",
    "--no-store", "--format", "--report", "--color",
  ]
  /// Compilations take minutes, so a search without a limit has this one.
  static let budget = Budget(compilations: 40)
  /// Why it takes no others.
  static let remedy =
    "with --stages each stage is a program that the vendor's tools compile and run"

  var selection: BackendSelection
  var programs: StagePrograms

  func run(
    _ store: StoreOptions, _ request: ([NSPLayout]) throws -> PartitionRequest
  ) async throws -> Partitioner.Result {
    let tools = AICTools()
    // Before the store is opened: without tools and engine nothing is written.
    try tools.requireAll()
    try Engines.requireReady(selection)
    let opened = try store.open()
    var machine = try ProgramMeasurer(
      tools: tools, device: nil, store: opened, isInterrupted: { Interruption.isRequested })
    machine.length = .seconds(2)
    let progress = Progress()
    defer { progress.clear() }
    machine.waiting = {
      progress.doing("waiting for the card to cool down from \($0) degrees C")
    }
    let layouts = try programs.layouts(nsps: machine.device.totalNSPs ?? NSPLayout.mostNSPs)
    let bench = ProgramBench(
      machine, stages: layouts, tokens: programs.tokens,
      compilations: AllowedCores.current.count)
    return try await PartitionRun.run(
      Engines.measurer(selection, store: opened), bench: bench
    ) { try request(layouts) }
  }
}
