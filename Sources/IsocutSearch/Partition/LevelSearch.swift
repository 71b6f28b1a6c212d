import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile
import IsocutSolver

/// The search at each of the engine's optimisation levels: which cuts are worth the final turns.
struct LevelSearch {
  struct Outcome {
    /// The best cuts of all levels, the best first, with what was predicted of their stages.
    var finalists: [(cut: LeveledCut, predicted: [Double])]
    /// The place among the finalists of the equal-parameter cut, at the best cut's level; nil where
    /// it does not run.
    var baseline: Int?
    /// Milliseconds of the slowest stage of the best cut, as the search measured it.
    var bottleneck: Double
    /// What no cut can beat at each level, if the learnt times are right.
    var modelBounds: [RunOptions.OptimizationLevel: Double]
    var rounds: Int
  }

  let request: PartitionRequest
  let stages: StageFiles
  let measurer: Measurer
  let deadline: ContinuousClock.Instant?
  let isInterrupted: @Sendable () -> Bool
  let report: @Sendable (Partitioner.Event) -> Void

  /// Cuts slower than the best by more than this share cannot be the best one: stages that are
  /// measured minutes apart differ by less.
  private static let finalistSpread = 0.05
  /// Beside the baseline. All their stages are loaded at the same time.
  private static let finalistCount = 2

  private var graph: Graph { stages.preparation.model.graph }

  /// - Throws: `IsocutError` `.infeasible` where no cut runs; `.interrupted`; what measuring throws.
  func run() async throws -> Outcome {
    let baseline = try EqualParameters.cut(graph, stageCount: request.stageCount)
    var measured: [(cut: LeveledCut, candidate: CutSearch.Candidate)] = []
    var bounds: [RunOptions.OptimizationLevel: Double] = [:]
    var rounds = 0
    var measurements = 0
    var failure: String?
    var fastestWhole = Double.infinity
    for level in levels {
      if !measured.isEmpty, isOver { break }
      report(.profiling(level))
      let costs = try await firstTimes(level)
      // A level that makes the whole model much slower will not make its stages faster.
      if !measured.isEmpty, costs.isMeasured, costs.whole > 1.1 * fastestWhole { continue }
      fastestWhole = min(fastestWhole, costs.whole)
      var search = cutSearch(level, costs, measurements: measurements)
      let best = measured.map(\.candidate.bottleneck).min()
      try await run(&search, from: baseline, below: best)
      guard !isInterrupted() else { throw interruption }
      rounds += search.rounds
      measurements += search.measurements
      bounds[level] = search.modelBound
      failure = search.failure ?? failure
      measured += search.candidates.map { (LeveledCut(level: level, cut: $0.cut), $0) }
    }
    measured.sort { $0.candidate.bottleneck < $1.candidate.bottleneck }
    guard let best = measured.first, best.candidate.bottleneck.isFinite else {
      throw IsocutError(
        .infeasible,
        "no cut into \(request.stageCount) stages runs: \(failure ?? "none was measured")")
    }
    let limit = best.candidate.bottleneck * (1 + Self.finalistSpread)
    var finalists = measured.prefix(Self.finalistCount).filter { $0.candidate.bottleneck <= limit }
      .map { (cut: $0.cut, predicted: $0.candidate.predicted) }
    let reference = LeveledCut(level: best.cut.level, cut: baseline)
    var place = finalists.firstIndex { $0.cut == reference }
    let known = measured.first { $0.cut == reference }
    if place == nil {
      let runs = if known == nil { try await runs(reference) } else { true }
      if runs {
        place = finalists.count
        finalists.append((reference, known?.candidate.predicted ?? []))
      }
    }
    return Outcome(
      finalists: finalists, baseline: place, bottleneck: best.candidate.bottleneck,
      modelBounds: bounds, rounds: rounds)
  }

  /// Whether each stage of a cut runs alone. One that does not would end the final turns.
  private func runs(_ cut: LeveledCut) async throws -> Bool {
    let measured = MeasuredStages(stages: stages, measurer: measurer, level: cut.level)
    for (stage, device) in zip(cut.cut.stages, stages.devices) {
      if try await measured.measure(stage, on: device).failed { return false }
    }
    return true
  }

  private var levels: [RunOptions.OptimizationLevel] {
    switch request.level {
    case .automatic: [.all, .basic]
    case .fixed(let level): [level]
    }
  }

  private func run(
    _ search: inout CutSearch, from baseline: Cut, below target: Double?
  ) async throws {
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
        // Where one stage is slower than the best cut, the other need not be known.
        _ = try await search.measure(
          Cut(stages: [first, second]), abandonAbove: search.best?.bottleneck ?? .infinity)
      }
    }
  }

  private func cutSearch(
    _ level: RunOptions.OptimizationLevel, _ costs: FirstTimes, measurements: Int
  ) -> CutSearch {
    var firstTimes: [DeviceKind: [Double]] = [:]
    for device in stages.devices {
      // Cores that share an operator shorten it; by how much, the first measured stage will tell.
      firstTimes[device.speedKind] = costs.times.map { $0 / Double(device.mos * device.lanes) }
    }
    let deadline = deadline
    let isInterrupted = isInterrupted
    return CutSearch(
      graph: graph, devices: stages.devices, firstTimes: firstTimes,
      commonSpread: costs.isMeasured ? 0.1 : 100,
      limits: CutSearch.Limits(
        tolerance: request.tolerance,
        measurements: request.budget.stages.map { max(0, $0 - measurements) },
        isOver: { deadline.map { ContinuousClock.now >= $0 } ?? false },
        isInterrupted: isInterrupted),
      measurer: MeasuredStages(stages: stages, measurer: measurer, level: level),
      report: { report(.search(level, $0)) })
  }

  // MARK: First times

  /// First guesses of all operators, in milliseconds, and of the whole model.
  private struct FirstTimes {
    var times: [Double]
    var whole: Double
    /// False where only the shares mean something.
    var isMeasured: Bool
  }

  private func firstTimes(_ level: RunOptions.OptimizationLevel) async throws -> FirstTimes {
    let costs = try await measurer.firstCosts(
      stages.preparation.prepared, RunOptions(optimizationLevel: level),
      inputs: stages.inputPlan)
    let operators = graph.operators
    guard let costs, costs.milliseconds.count == operators.count else {
      // Without a profile: work as far as it is known, at a rate that the first stage corrects.
      let times = operators.map { 1e-6 * Double($0.macs ?? 0) + 0.001 }
      return FirstTimes(times: times, whole: times.reduce(0, +), isMeasured: false)
    }
    return FirstTimes(
      times: costs.milliseconds, whole: costs.wholeMilliseconds, isMeasured: true)
  }

  // MARK: Ends

  private var isOver: Bool { deadline.map { ContinuousClock.now >= $0 } ?? false }

  private var interruption: IsocutError { .interrupted(saves: measurer.saves) }
}

extension IsocutError {
  /// - Parameter saves: whether measurements are kept.
  static func interrupted(saves: Bool) -> IsocutError {
    IsocutError(
      .interrupted,
      saves
        ? "stopped; finished measurements are saved, the same command goes on from them"
        : "stopped; without a store nothing is saved")
  }
}
