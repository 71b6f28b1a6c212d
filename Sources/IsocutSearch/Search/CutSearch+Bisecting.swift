package import IsocutGraph
import IsocutSolver

/// The tuning of libcoral's `partition_with_profiling`, by its flags' names.
package struct BisectionRule: Hashable, Sendable {
  /// Bounds closer than this end the search.
  package var diffThresholdMs = 1.0
  /// Operators by which a stage is shortened at a time.
  package var partitionSearchStep = 1
  /// Time of the fastest stage to begin with, and of the slowest. Used only where both are given;
  /// else the equal-parameter split is measured.
  package var initialLowerBoundMs: Double?
  package var initialUpperBoundMs: Double?

  package init() {}
}

extension CutSearch {
  /// libcoral's procedure: bisect the latency that each stage may take; for each target let every
  /// stage begin with as many operators as possible and shorten it until it meets the target.
  ///
  /// One round measures all stages of one candidate, as that tool compiles all of them; a stage
  /// measured before ends the question without a round, as there. Repaired: the refill of later
  /// stages starts at the next stage (there at `step + 1`, which aborts from `step + 4` stages on),
  /// and where the first bounds are close already, the first split is the result (there nothing is
  /// written).
  package mutating func bisect(from first: Cut, _ rule: BisectionRule = BisectionRule())
    async throws
  {
    learns = false
    var bounds: (lower: Double, upper: Double)
    if let lower = rule.initialLowerBoundMs, let upper = rule.initialUpperBoundMs {
      bounds = (lower, upper)
    } else {
      var times = try await measure(first)?.times.map(\.milliseconds) ?? []
      if times.isEmpty { times = try await timesOfAnotherFirstCut() }
      bounds = (times.min() ?? 0, times.max() ?? 0)
    }
    var bisection = Bisection(scope: allCuts, rule: rule, stageCount: devices.count)
    // Halving ends at the resolution of the clock, whatever was asked for.
    while bounds.upper - bounds.lower > max(rule.diffThresholdMs, 1e-6), mayMeasure {
      let target = (bounds.lower + bounds.upper) / 2
      bisection.target = target
      var counts = bisection.start
      var last = Double.infinity
      if try await fill(&counts, 0, bisection) {
        last = try await latency(of: counts, stage: counts.count - 1, bisection) ?? .infinity
        // A cut may have come together from stages of several rounds.
        if let cut = bisection.cut(counts), mayMeasure { try await measure(cut) }
      }
      if last < target {
        bounds.upper = target
      } else {
        bounds.upper = min(bounds.upper, last)
        bounds.lower = target
      }
    }
    if best == nil { try await measure(first) }
  }

  /// Where the first split does not run, a cut that does is searched for with what is learnt from
  /// each stage (there the tool aborts).
  private mutating func timesOfAnotherFirstCut() async throws -> [Double] {
    learns = true
    defer { learns = false }
    try await run(below: .infinity)
    return best?.times.map(\.milliseconds) ?? []
  }

  /// - Returns: whether stages from `stage` on can be filled so that all but the last meet the target.
  private mutating func fill(
    _ counts: inout [Int], _ stage: Int, _ bisection: Bisection
  ) async throws -> Bool {
    let lastStage = counts.count - 1
    guard stage < lastStage else { return true }
    var trial = counts
    guard bisection.refill(&trial, from: stage) else { return false }
    while trial[stage] > 0, mayMeasure {
      let found = try await latency(of: trial, stage: stage, bisection)
      if let found, found <= bisection.target,
        try await fill(&trial, stage + 1, bisection)
      {
        counts = trial
        return true
      }
      let moved = min(trial[stage], bisection.rule.partitionSearchStep)
      trial[stage] -= moved
      trial[stage + 1] += moved
    }
    return false
  }

  /// The time of one stage of a candidate; nil where some stage of it does not run.
  private mutating func latency(
    of counts: [Int], stage: Int, _ bisection: Bisection
  ) async throws -> Double? {
    guard let stages = bisection.stages(counts) else { return nil }
    let times = stages.indices.map { known[stages[$0], devices[$0].speedKind]?.time }
    if let time = times[stage], !time.failed { return time.milliseconds }
    if times.contains(where: { $0?.failed ?? false }) { return nil }
    guard let candidate = try await measure(Cut(stages: stages)) else { return nil }
    return candidate.bottleneck.isFinite ? candidate.times[stage].milliseconds : nil
  }
}

/// A candidate of the bisection is the number of units in each stage, along the graph's own order.
private struct Bisection {
  let scope: ProofScope
  let rule: BisectionRule
  let stageCount: Int
  var target = 0.0

  var start: [Int] {
    var counts = Array(repeating: rule.partitionSearchStep, count: stageCount)
    counts[0] = scope.units.count - (stageCount - 1) * rule.partitionSearchStep
    return counts
  }

  /// Gives a stage as many units as possible, and each later one as few.
  ///
  /// - Returns: false where not enough units are left.
  func refill(_ counts: inout [Int], from stage: Int) -> Bool {
    let last = stageCount - 1
    let left = counts[stage...].reduce(0, +)
    // The last stage has every unit from the first on that nothing reads.
    let firstEnd = scope.refutation.order.successors.firstIndex(where: \.isEmpty) ?? 0
    counts[last] = max(scope.units.count - firstEnd, rule.partitionSearchStep)
    for index in stage + 1..<last { counts[index] = rule.partitionSearchStep }
    counts[stage] = left - (last - 1 - stage) * rule.partitionSearchStep - counts[last]
    return counts[stage] > 0
  }

  /// - Returns: nil where a stage is empty.
  func stages(_ counts: [Int]) -> [OperatorSet]? {
    guard counts.allSatisfy({ $0 > 0 }) else { return nil }
    var start = 0
    return counts.map { count in
      defer { start += count }
      return scope.operators(
        of: OperatorSet(start..<start + count, capacity: scope.units.count))
    }
  }

  func cut(_ counts: [Int]) -> Cut? { stages(counts).map(Cut.init(stages:)) }
}
