import Foundation
package import IsocutBackends
import IsocutFormats
package import IsocutGraph
package import IsocutProfile
import IsocutSolver

/// Cuts a model into stages by measuring them and writes the bundle: `isocut partition`.
package struct Partitioner: Sendable {
  package enum Event: Sendable {
    case preparing
    case prepared(operators: Int, units: Int, notes: [String])
    case profiling(RunOptions.OptimizationLevel)
    case search(RunOptions.OptimizationLevel, SearchEvent)
    case comparing
    case measuringTogether
    case verifying
    case verified(VerifyResult)
  }

  /// A finished bundle.
  package struct Result: Sendable {
    package var bundle: String
    package var plan: Plan
    package var verification: VerifyResult
  }

  private let request: PartitionRequest
  private let measurer: Measurer
  private let toolVersion: String
  private let isInterrupted: @Sendable () -> Bool
  private let report: @Sendable (Event) -> Void

  /// - Parameter isInterrupted: asked between measurements; true ends the command with what is
  ///   measured kept in the store.
  package init(
    _ request: PartitionRequest, measurer: Measurer, toolVersion: String,
    isInterrupted: @escaping @Sendable () -> Bool = { false },
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.request = request
    self.measurer = measurer
    self.toolVersion = toolVersion
    self.isInterrupted = isInterrupted
    self.report = report
  }

  /// - Throws: `IsocutError`: `.infeasible` for more stages than operators that can be cut, or when
  ///   no cut of any kind runs; `.checkFailed` where the stages do not compute what the model
  ///   computes, with the evidence kept; `.interrupted`; what preparing, measuring and writing throw.
  package func run() async throws -> Result {
    let start = ContinuousClock.now
    let output = try OutputFolder(
      creating: request.output, overwrites: request.overwrites, marker: PlanFile.name)
    do {
      report(.preparing)
      let preparation = try await Preparation(request.preparation, measurer: measurer)
      let graph = preparation.model.graph
      let units = graph.contraction.units.count
      report(
        .prepared(
          operators: graph.operators.count, units: units, notes: preparation.prepared.notes))
      guard units >= request.stageCount else {
        throw IsocutError(
          .infeasible,
          """
          \(request.preparation.model.modelPath) has \(units) operators that can be cut, fewer than \
          \(request.stageCount) stages
          """)
      }
      let found = try await search(
        preparation, deadline: request.budget.seconds.map { start + .seconds($0) })
      let chosen = try await compareWithBaseline(found, preparation)
      return try await write(chosen, preparation, to: output, start: start)
    } catch {
      output.abandon()
      throw error
    }
  }

  // MARK: Search

  /// The best cut of the search, at the level it was measured at.
  private struct Found {
    var level: RunOptions.OptimizationLevel
    var cut: Cut
    var predicted: [Double]
    /// Of each stage: whether its measurement was steady.
    var isSteady: [Bool]
    var bound: Double?
    var rounds: Int
  }

  private func search(
    _ preparation: Preparation, deadline: ContinuousClock.Instant?
  ) async throws -> Found {
    var found: (Found, bottleneck: Double)?
    var rounds = 0
    var failure: String?
    let levels: [RunOptions.OptimizationLevel] =
      switch request.level {
      case .automatic: [.all, .basic]
      case .fixed(let level): [level]
      }
    var fastestWhole = Double.infinity
    for level in levels {
      if found != nil, isOver(deadline) { break }
      report(.profiling(level))
      let costs = try await firstTimes(preparation, level)
      // A level that makes the whole model much slower will not make its stages faster.
      if found != nil, costs.isMeasured, costs.whole > 1.1 * fastestWhole { continue }
      fastestWhole = min(fastestWhole, costs.whole)
      var search = cutSearch(preparation, level, costs, deadline: deadline)
      try await run(&search, on: preparation.model.graph, below: found?.bottleneck)
      try stopIfInterrupted()
      rounds += search.rounds
      failure = search.best?.times.compactMap(\.reason).first ?? failure
      guard let best = search.best, best.bottleneck.isFinite else { continue }
      if best.bottleneck < found?.bottleneck ?? .infinity {
        found = (
          Found(
            level: level, cut: best.cut, predicted: best.predicted,
            isSteady: best.times.map(\.isSteady), bound: search.modelBound,
            rounds: 0), best.bottleneck
        )
      }
    }
    guard var result = found?.0 else {
      throw IsocutError(
        .infeasible,
        "no cut into \(request.stageCount) stages runs: \(failure ?? "none was measured")")
    }
    result.rounds = rounds
    return result
  }

  private func run(
    _ search: inout CutSearch, on graph: Graph, below target: Double?
  ) async throws {
    let baseline = try EqualParameters.cut(graph, stageCount: request.stageCount)
    switch request.method {
    case .equalParameters:
      _ = try await search.measure(baseline)
    case .guided:
      // The baseline at the first level; at a further level only what promises to be better.
      if target == nil { _ = try await search.measure(baseline) }
      try await search.run(below: target ?? .infinity)
    case .exhaustive:
      guard request.stageCount == 2 else {
        throw IsocutError(
          .infeasible, "--search exhaustive measures every place for two stages; give --stages 2")
      }
      let units = graph.contraction.units
      for place in 1..<units.count {
        let first = OperatorSet(units[..<place].joined(), capacity: graph.operators.count)
        let second = OperatorSet(units[place...].joined(), capacity: graph.operators.count)
        guard search.mayMeasure else { break }
        _ = try await search.measure(Cut(stages: [first, second]))
      }
    }
  }

  private func cutSearch(
    _ preparation: Preparation, _ level: RunOptions.OptimizationLevel, _ costs: FirstTimes,
    deadline: ContinuousClock.Instant?
  ) -> CutSearch {
    var firstTimes: [DeviceKind: [Double]] = [:]
    for device in request.layout.devices {
      // Cores that share an operator shorten it; by how much, the first measured stage will tell.
      firstTimes[device.speedKind] = costs.times.map { $0 / Double(device.mos * device.lanes) }
    }
    return CutSearch(
      graph: preparation.model.graph, devices: request.layout.devices, firstTimes: firstTimes,
      commonSpread: costs.isMeasured ? 0.1 : 100,
      limits: CutSearch.Limits(
        tolerance: request.tolerance, measurements: request.budget.measurements,
        shouldStop: { isOver(deadline) || isInterrupted() }),
      measurer: MeasuredStages(
        preparation: preparation, measurer: measurer,
        options: RunOptions(optimizationLevel: level),
        inputPlan: request.preparation.model.inputs),
      report: { report(.search(level, $0)) })
  }

  /// First guesses of all operators, in milliseconds, and of the whole model.
  private struct FirstTimes {
    var times: [Double]
    var whole: Double
    /// False where only the shares mean something.
    var isMeasured: Bool
  }

  private func firstTimes(
    _ preparation: Preparation, _ level: RunOptions.OptimizationLevel
  ) async throws -> FirstTimes {
    let costs = try await measurer.firstCosts(
      preparation.prepared, RunOptions(optimizationLevel: level),
      inputs: request.preparation.model.inputs)
    let operators = preparation.model.graph.operators
    guard let costs, costs.milliseconds.count == operators.count else {
      // Without a profile: work as far as it is known, at a rate that the first stage corrects.
      let times = operators.map { 1e-6 * Double($0.macs ?? 0) + 0.001 }
      return FirstTimes(times: times, whole: times.reduce(0, +), isMeasured: false)
    }
    return FirstTimes(
      times: costs.milliseconds, whole: costs.wholeMilliseconds, isMeasured: true)
  }

  private func isOver(_ deadline: ContinuousClock.Instant?) -> Bool {
    deadline.map { ContinuousClock.now >= $0 } ?? false
  }

  private func stopIfInterrupted() throws {
    guard isInterrupted() else { return }
    throw IsocutError(
      .interrupted, "stopped; finished measurements are saved, the same command goes on from them")
  }

  // MARK: The end: the chosen cut beside the baseline

  /// The cut that the plan will have, with the figures of its last measurement.
  private struct Chosen {
    var found: Found
    var stages: [MedianInterval]
    var together: [Double]
    var baseline: Double
  }

  /// Measures the stages of the best cut and of the equal-parameter cut in turns, so that what
  /// disturbs one disturbs the other; takes the baseline where it is the better one after all.
  private func compareWithBaseline(
    _ found: Found, _ preparation: Preparation
  ) async throws -> Chosen {
    report(.comparing)
    let graph = preparation.model.graph
    var found = found
    let baseline = try EqualParameters.cut(graph, stageCount: request.stageCount)
    let isSame = found.cut == baseline
    let cuts = isSame ? [baseline] : [found.cut, baseline]
    let stages = try cuts.flatMap { try files(of: $0, preparation, found.level) }
    let intervals = try await measureInTurns(stages, cutCount: cuts.count)
    try stopIfInterrupted()
    var first = Array(intervals.prefix(request.stageCount))
    let second = Array(intervals.suffix(request.stageCount))
    let baselineBottleneck = second.map(\.median).max() ?? .infinity
    if baselineBottleneck < first.map(\.median).max() ?? .infinity {
      found.cut = baseline
      found.predicted = []
      found.isSteady = []
      first = second
    }
    report(.measuringTogether)
    let together = try await measurer.measureSeveral(
      files(of: found.cut, preparation, found.level), .together,
      SeveralStages.Rule(windowSeconds: 0.1, windowCount: 10))
    return Chosen(
      found: found, stages: first,
      together: (0..<request.stageCount).map { together.interval(ofStage: $0).median },
      baseline: baselineBottleneck)
  }

  /// Stages of one or two cuts in turns; further turns where the two cuts cannot be told apart, so
  /// that noise does not choose between them.
  private func measureInTurns(
    _ stages: [(files: [String], options: RunOptions, load: Load)], cutCount: Int
  ) async throws -> [MedianInterval] {
    var medians: [[Double]] = stages.map { _ in [] }
    for _ in 0..<3 {
      let windows = try await measurer.measureSeveral(
        stages, .inTurns, SeveralStages.Rule(windowSeconds: 0.1, windowCount: 8)
      ).medians
      for index in stages.indices { medians[index] += windows[index] }
      guard cutCount == 2, !isInterrupted() else { break }
      func bottlenecks(_ cut: ArraySlice<[Double]>) -> [Double] {
        (0..<(cut.map(\.count).min() ?? 0)).map { window in cut.map { $0[window] }.max() ?? 0 }
      }
      let comparison = PairedComparison(
        first: bottlenecks(medians.prefix(request.stageCount)),
        second: bottlenecks(medians.suffix(request.stageCount)))
      if comparison.verdict != .withinNoise { break }
    }
    return medians.map { MedianInterval($0) }
  }

  private func files(
    of cut: Cut, _ preparation: Preparation, _ level: RunOptions.OptimizationLevel
  ) throws -> [(files: [String], options: RunOptions, load: Load)] {
    let options = RunOptions(optimizationLevel: level)
    let measured = MeasuredStages(
      preparation: preparation, measurer: measurer, options: options,
      inputPlan: request.preparation.model.inputs)
    return try zip(cut.stages, request.layout.devices).map { stage, device in
      let path = try preparation.stageFile(stage)
      return ([path], options, try measured.load(of: stage, on: device))
    }
  }

  // MARK: Bundle

  private func write(
    _ chosen: Chosen, _ preparation: Preparation, to output: OutputFolder,
    start: ContinuousClock.Instant
  ) async throws -> Result {
    var plan = try PlanBuilder(
      request: request, preparation: preparation, toolVersion: toolVersion
    ).plan(cut: chosen.found.cut, level: chosen.found.level, folder: output.workingFolder)
    for (index, interval) in chosen.stages.enumerated() {
      plan.stages[index].measuredMs = interval.median
      plan.stages[index].measuredIntervalMs = [interval.low, interval.high]
      plan.stages[index].latencyMs =
        interval.median * Double(plan.stages[index].device.lanes)
      plan.stages[index].measuredTogetherMs = chosen.together[index]
      plan.stages[index].predictedMs =
        chosen.found.predicted.indices.contains(index) ? chosen.found.predicted[index] : nil
      let isSteady = chosen.found.isSteady
      plan.stages[index].status =
        isSteady.indices.contains(index) && !isSteady[index] ? "unstable" : "good"
    }
    if chosen.found.predicted.isEmpty {
      plan.notes.append(
        "The equal-parameter split was no slower than the best cut of the search, so it was taken.")
    }
    plan.takeFigures(bound: chosen.found.bound, baseline: chosen.baseline)
    report(.verifying)
    let verification = try await verify(plan, preparation, in: output.workingFolder)
    report(.verified(verification))
    plan.verified = verification.pass
    if !verification.inputSensitive {
      plan.notes.append(
        "The model's outputs do not depend on the inputs tried, so passing verification proves nothing."
      )
    }
    let counts = await measurer.counts
    plan.search = Plan.Search(
      rounds: chosen.found.rounds, compilations: counts.compilations,
      measurements: counts.measurements, reused: counts.reused,
      seconds: (ContinuousClock.now - start).seconds)
    try PlanFile.write(plan, inFolder: output.workingFolder)
    guard verification.pass else {
      let kept = output.keepAsFailed()
      throw IsocutError(
        .checkFailed,
        """
        the stages do not compute what the model computes: \(verification.failure)\
        \(kept.map { "; the evidence is in \($0)" } ?? "")
        """)
    }
    try output.commit()
    return Result(bundle: output.destination, plan: plan, verification: verification)
  }

  private func verify(
    _ plan: Plan, _ preparation: Preparation, in folder: String
  ) async throws -> VerifyResult {
    let whole = preparation.folder + "/whole" + preparation.model.format.fileSuffix
    try preparation.source.writeWhole(
      to: whole, shapes: plan.options.dynamic ? [:] : plan.model.shapes)
    return try await HostProcess.with(
      measurer.configuration.command, toolVersion: toolVersion,
      backend: request.preparation.backend, inputPlan: request.preparation.model.inputs
    ) {
      try await $0.verify(
        VerifyRequest(
          plan: plan, folder: folder, wholeFile: whole, backend: request.preparation.backend,
          inputPlan: request.preparation.model.inputs))
    }
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
