import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile
import IsocutSolver

/// The search at each of the engine's optimisation levels: which cuts are worth the final turns.
struct LevelSearch {
  struct Outcome {
    /// A cut with what was predicted of its stages, and the milliseconds of the slowest one as the
    /// search measured it.
    typealias Finalist = (cut: LeveledCut, predicted: [Double], bottleneck: Double?)

    /// The best cuts of all levels, the best first; all their stages run.
    var finalists: [Finalist]
    /// Cuts beside the best one that the search did not measure: a stage of theirs may not run.
    var challengers: [Finalist]
    /// The place among the finalists of the equal-parameter cut, at the best cut's level; nil where
    /// it does not run.
    var baseline: Int?
    /// Why it does not run: the place of a stage and its reason.
    var baselineFailure: (place: Int, reason: String)?
    /// Milliseconds of the slowest stage of the best cut, as the search measured it.
    var bottleneck: Double
    /// What is proven of the best cut at each level.
    var proofs: [RunOptions.OptimizationLevel: Proof]
    var rounds: Int
  }

  let request: PartitionRequest
  let baseline: Baseline
  let stages: StageFiles
  let bench: any StageBench
  let deadline: ContinuousClock.Instant?
  let isInterrupted: @Sendable () -> Bool
  let report: @Sendable (Partitioner.Event) -> Void

  /// Cuts slower than the best by more than this share cannot be the best one: stages that are
  /// measured minutes apart differ by less.
  private static let finalistSpread = 0.05
  /// Beside the baseline, without and with challengers. All their stages are loaded at the same
  /// time.
  private static let (measuredCount, contenderCount) = (3, 4)

  private var graph: Graph { stages.preparation.graph }

  /// - Throws: `IsocutError` `.infeasible` where no cut runs, `.vendorTool` where none compiles;
  ///   `.interrupted`; what measuring throws.
  func run() async throws -> Outcome {
    let baseline = baseline.cut
    var searches: [(level: RunOptions.OptimizationLevel, search: CutSearch)] = []
    var fastestWhole = Double.infinity
    for level in levels {
      if !searches.isEmpty, isOver { break }
      report(.profiling(level))
      let costs = try await firstTimes(level)
      // A level that makes the whole model much slower will not make its stages faster.
      if !searches.isEmpty, costs.isMeasured, costs.whole > 1.1 * fastestWhole { continue }
      fastestWhole = min(fastestWhole, costs.whole)
      var search = cutSearch(level, costs)
      search.measurementsElsewhere = searches.reduce(0) { $0 + $1.search.measurements }
      try await run(
        &search, from: baseline, below: searches.compactMap(\.search.best?.bottleneck).min())
      guard !isInterrupted() else { throw interruption }
      searches.append((level, search))
    }
    let winner =
      searches.indices.min {
        searches[$0].search.best?.bottleneck ?? .infinity
          < searches[$1].search.best?.bottleneck ?? .infinity
      } ?? 0
    if request.method == .certified {
      let all = searches.reduce(0) { $0 + $1.search.measurements }
      searches[winner].search.measurementsElsewhere =
        all - searches[winner].search.measurements
      try await searches[winner].search.finish()
      guard !isInterrupted() else { throw interruption }
    }
    let measured = searches.flatMap { level, search in
      search.candidates.map { (cut: LeveledCut(level: level, cut: $0.cut), candidate: $0) }
    }.sorted { $0.candidate.bottleneck < $1.candidate.bottleneck }
    guard let best = measured.first, best.candidate.bottleneck.isFinite else {
      throw failure(of: searches.map(\.search))
    }
    let limit = best.candidate.bottleneck * (1 + Self.finalistSpread)
    var finalists = measured.prefix(Self.measuredCount).filter { $0.candidate.bottleneck <= limit }
      .map { finalist($0.cut, $0.candidate) }
    let reference = LeveledCut(level: best.cut.level, cut: baseline)
    let challengers: [Outcome.Finalist] =
      if request.method == .certified, request.runs == nil,
        let search = searches.first(where: { $0.level == best.cut.level })?.search
      {
        // Stages of runners-up were measured in place of some.
        search.challengers(
          max(1, Self.contenderCount - finalists.count - search.runnerUpStages)
        ).map { (LeveledCut(level: best.cut.level, cut: $0), $1, nil) }
          .filter { $0.0 != reference }
      } else { [] }
    var place = finalists.firstIndex { $0.cut == reference }
    let known = measured.first { $0.cut == reference }
    var failure: (place: Int, reason: String)?
    if place == nil {
      if known == nil { failure = try await self.failure(of: reference) }
      if failure == nil {
        place = finalists.count
        finalists.append(
          known.map { finalist($0.cut, $0.candidate) } ?? (reference, [], nil))
      }
    }
    return Outcome(
      finalists: finalists, challengers: challengers, baseline: place, baselineFailure: failure,
      bottleneck: best.candidate.bottleneck,
      proofs: Dictionary(uniqueKeysWithValues: searches.map { ($0.level, proof(of: $0.search)) }),
      rounds: searches.reduce(0) { $0 + $1.search.rounds })
  }

  /// The first stage of a cut that does not run alone: it would end the final turns.
  private func failure(of cut: LeveledCut) async throws -> (place: Int, reason: String)? {
    let measured = bench.measuring(stages, cut.level)
    for (place, stage) in cut.cut.stages.enumerated() {
      let time = try await measured.measure(stage, on: stages.devices[place])
      if time.failed { return (place, time.reason ?? "no reason given") }
    }
    return nil
  }

  /// Why no cut was found.
  private func failure(of searches: [CutSearch]) -> IsocutError {
    let count = request.stageCount
    guard let last = searches.compactMap(\.failure).last else {
      return IsocutError(.infeasible, "no cut into \(count) stages runs: none was measured")
    }
    let reason = last.time.reason ?? "no reason given"
    guard last.time.isNotCompiled else {
      return IsocutError(.infeasible, "no cut into \(count) stages runs: \(reason)")
    }
    // Names that converters join from several are long.
    let names = last.stage.map { graph.operators[$0].id.prefix { $0 != ";" } }
    return IsocutError(
      .vendorTool,
      """
      no cut into \(count) segments was found that compiles; the last tried, segment \(last.place) \
      with \(names.count) operators from \(names.first ?? "") to \(names.last ?? ""): \(reason)
      """)
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
    case .certified:
      // A vendor's own cut is known to compile, and the one to beat.
      if self.baseline.isVendors { try await search.measure(baseline) }
      try await search.run(below: target ?? .infinity)
      // Where no cut was predicted to run, or all that were failed.
      if search.best == nil, target == nil { try await search.measure(baseline) }
    case .libcoral: try await search.bisect(from: baseline, request.bisection)
    case .equalParameters: try await search.measure(baseline)
    case .exhaustive: try await search.measureAll()
    }
  }

  /// Methods that claim nothing prove nothing.
  private func finalist(_ cut: LeveledCut, _ candidate: CutSearch.Candidate) -> Outcome.Finalist {
    (cut, candidate.predicted, candidate.bottleneck)
  }

  private func proof(of search: CutSearch) -> Proof {
    switch request.method {
    case .certified, .exhaustive: search.proof
    case .libcoral, .equalParameters: .none
    }
  }

  private func cutSearch(
    _ level: RunOptions.OptimizationLevel, _ costs: FirstTimes
  ) -> CutSearch {
    var priors: [DeviceKind: LearntTimes.Prior] = [:]
    for device in stages.devices {
      // Cores that share an operator shorten it; by how much, the first measured stage will tell.
      priors[device.speedKind] = LearntTimes.Prior(
        times: costs.times.map { $0 / Double(device.mos * device.lanes) },
        operatorSpread: costs.isMeasured ? 0.25 : 0.5,
        commonSpread: !costs.isMeasured
          ? 100 : device.coreKinds == stages.devices.first?.coreKinds ? 0.1 : 1)
    }
    return CutSearch(
      graph: graph, devices: stages.devices, priors: priors,
      limits: CutSearch.Limits(
        tolerance: request.tolerance,
        measurements: request.budget.stages,
        isOver: { isOver }, isInterrupted: isInterrupted),
      measurer: bench.measuring(stages, level),
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
    let costs = try await bench.firstCosts(stages, level)
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

  private var interruption: IsocutError { .interrupted(saves: bench.saves) }
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
