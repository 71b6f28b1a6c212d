import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile
import Synchronization

extension OpenBundle {
  /// Compares the pipeline with its rivals.
  ///
  /// - Parameters:
  ///   - only: rows to run; empty runs all.
  ///   - inFlight: items inside the pipeline; nil is two a stage.
  ///   - loads: open-loop loads to run under; empty lets the next item in as soon as there is room.
  /// - Throws: `IsocutError` `.usage` for a row that does not exist, and for `inFlight` where no row
  ///   is a pipeline; as `verify` for the model.
  package func bench(
    only: [String], inFlight: Int?, loads: [Arrivals] = [], options: Bench.Options,
    toolVersion: String,
    report: @escaping @Sendable (Bench.Event) -> Void
  ) async throws -> BenchResult {
    let plan = bundle.plan
    let cpus = try usableCores()
    // Items of an open-loop load come from outside anyway.
    let engine = try backend.make()
    let devices = plan.stages.map(\.device).filter(\.cpus.isEmpty)
    let known =
      (devices.isEmpty
      ? WayToRun.all(
        coreCount: cpus.count, format: engine.format, sharesSessions: engine.sharesSessions)
      : WayToRun.all(deviceCount: devices.count))
      .filter { loads.isEmpty || $0 != .pipelinePushPop }
    let ways =
      only.isEmpty
      ? known
      : try only.map { name in
        guard let way = known.first(where: { $0.description == name }) else {
          let names = known.map(\.description).joined(separator: ", ")
          throw IsocutError(
            .usage, "--only \(name): there is no such configuration; there are \(names)")
        }
        return way
      }
    guard inFlight == nil || ways.contains(where: \.isPipeline) else {
      throw IsocutError(
        .usage,
        "--in-flight says how many items the pipeline holds, and --only names no pipeline; "
          + "add --only pipeline, or leave --in-flight out")
    }
    try plan.inputPlan.check(for: plan.inputs)
    let items = inFlight ?? 2 * plan.stages.count
    let pipelines = [
      BenchConfiguration(way: .pipeline, work: .pipeline(work(inFlight: items))),
      BenchConfiguration(
        way: .pipelinePushPop, work: .pipeline(work(inFlight: items, isPushed: true))),
    ].filter { ways.contains($0.way) }
    let guardian = try MachineGuard(cpus: cpus)
    let bench = Bench(
      backend: backend, inputPlan: plan.inputPlan, options: options, toolVersion: toolVersion,
      guarding: { try await guardian.watch($0) }, report: report)
    func run(_ configurations: [BenchConfiguration]) async throws -> BenchResult {
      loads.isEmpty
        ? try await bench.run(configurations) : try await bench.run(configurations, under: loads)
    }
    // Stages alone need no whole model, and nobody waits for its fastest level.
    if ways.allSatisfy(\.isPipeline) { return try await run(pipelines) }
    guard devices.isEmpty else {
      return try await withCompiledModel { whole in
        let model = HostedCallers(
          file: whole, inputs: plan.inputs, outputs: plan.outputs, options: plan.runOptions,
          sessions: [], callers: [])
        return try await run(
          pipelines
            + BenchConfiguration.rivals(model: model, devices: devices)
            .filter { ways.contains($0.way) })
      }
    }
    return try await withWholeModel { whole in
      let level = try await fastestLevel(of: whole, cpu: cpus[0], toolVersion: toolVersion)
      let model = HostedCallers(
        file: whole, inputs: plan.inputs, outputs: plan.outputs,
        options: RunOptions(optimizationLevel: level), sessions: [], callers: [])
      let rivals = BenchConfiguration.rivals(model: model, cpus: cpus, backend: engine)
        .filter { ways.contains($0.way) }
      var result = try await run(pipelines + rivals)
      result.rivalLevel = level.rawValue
      return result
    }
  }

  /// Gives the path of the whole model as the vendor's compiler makes it for one device.
  private func withCompiledModel<Result>(
    _ body: (String) async throws -> Result
  ) async throws -> Result {
    try await withWholeModel { whole in
      var compiling = backend
      compiling.edgeTPU?.compilesElsewhere = false
      let compiler = try compiling.make()
      do {
        _ = try compiler.compilerVersion()
        let artifacts = try await BlockingThread.run("isocut compile") {
          try compiler.compile(.stage(file: whole, options: RunOptions(optimizationLevel: .basic)))
        }
        return try await body(artifacts.first?.files.first ?? whole)
      } catch let error as IsocutError where [.vendorTool, .unavailable].contains(error.code) {
        throw IsocutError(
          error.code,
          "the whole model cannot be compiled to compare with; --only pipeline runs the stages alone",
          cause: error)
      }
    }
  }

  /// The level at which one thread runs the whole model fastest: what rivals get.
  private func fastestLevel(
    of whole: String, cpu: Int, toolVersion: String
  ) async throws -> RunOptions.OptimizationLevel {
    let plan = bundle.plan
    let levels = Set<RunOptions.OptimizationLevel>([
      .basic, .all, plan.runOptions.optimizationLevel,
    ]).sorted { $0.rawValue < $1.rawValue }
    return try await HostProcess.with(
      toolVersion: toolVersion, backend: backend, inputPlan: plan.inputPlan
    ) { process in
      var loaded: [(level: RunOptions.OptimizationLevel, work: HostProcess.Loaded)] = []
      for level in levels {
        let work = HostedCallers(
          file: whole, inputs: plan.inputs, outputs: plan.outputs,
          options: RunOptions(optimizationLevel: level), sessions: [Placement(cpus: [cpu])],
          callers: [HostedCallers.Caller(session: 0, cpus: [cpu])])
        loaded.append((level, try await process.open(.callers(work))))
      }
      let length = WindowLength(minimumSeconds: 0.15, minimumItems: 2, maximumSeconds: 3)
      var best: [Double] = Array(repeating: 0, count: loaded.count)
      for _ in 0..<3 {
        for (index, item) in loaded.enumerated() {
          best[index] = max(best[index], try await process.window(item.work, length).itemsPerSecond)
        }
      }
      let fastest = best.indices.max { best[$0] < best[$1] } ?? 0
      return loaded[fastest].level
    }
  }
}

/// Looks at the cores around each round: how much of them others took.
private final class MachineGuard: Sendable {
  private struct State {
    var probe: DisturbanceProbe
    var last: (found: Disturbance, instant: ContinuousClock.Instant)?
  }

  private let state: Mutex<State>

  init(cpus: [Int]) throws { state = Mutex(State(probe: try DisturbanceProbe(cpus: cpus))) }

  func watch(
    _ body: () async throws -> [Window]
  ) async throws -> (windows: [Window], isDisturbed: Bool) {
    let before = try await lookBefore()
    let windows = try await body()
    let after = try await look()
    return (windows, !Disturbance(of: [before, after]).isTolerable)
  }

  /// The look after one window serves the next, where that begins at once.
  private func lookBefore() async throws -> Disturbance {
    if let last = state.withLock({ $0.last }),
      ContinuousClock.now - last.instant < .milliseconds(20)
    {
      return last.found
    }
    return try await look()
  }

  /// Engine threads spin on for a while after a window; they are no disturbance.
  private func look() async throws -> Disturbance {
    try await Task.sleep(for: .milliseconds(50))
    return try state.withLock { state in
      let found = try state.probe.look()
      state.last = (found, .now)
      return found
    }
  }
}
