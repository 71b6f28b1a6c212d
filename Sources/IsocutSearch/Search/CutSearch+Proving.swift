import IsocutGraph
import IsocutSolver

extension CutSearch {
  /// What a link of the proof must take for the best cut to be proven.
  struct ProvingGoal {
    /// Of the lower end of the link's interval.
    var low: Double
    /// Of its time as it is usually measured.
    var time: Double
  }

  /// The tolerance, or what the noise of the measurements leaves room for where that is more: a
  /// link may always be measured to be one percent faster than the best cut.
  package var reachableTolerance: Double {
    guard let best, best.bottleneck.isFinite else { return limits.tolerance }
    let noise = best.high / best.bottleneck * known.usualNoise
    return max(limits.tolerance, noise * 1.01 - 1)
  }

  var provingGoal: ProvingGoal? {
    guard let best, best.bottleneck.isFinite else { return nil }
    let low = best.high / (1 + reachableTolerance)
    return ProvingGoal(low: low, time: low * known.usualNoise)
  }

  /// Measures what is missing for a proof that no cut is better than the best one; better cuts that
  /// come to light on the way are measured too.
  package mutating func certify() async throws {
    if try await prove(allCuts) || allCuts.isChain { return }
    while let best, known.isMonotone {
      let scope = ProofScope(along: best.cut, of: allCuts)
      oneOrder = scope
      // A better cut on the way asks for an order of its own.
      if try await prove(scope) || self.best?.cut == best.cut { return }
    }
  }

  /// - Returns: whether the proof succeeded.
  private mutating func prove(_ scope: ProofScope) async throws -> Bool {
    let limit = measurements + 4 * devices.count + 10
    while known.isMonotone, let best, let goal = provingGoal {
      if scope.bound(known) >= goal.low { return true }
      guard mayMeasure, measurements < limit else { return false }
      let before = measurements
      guard let found = try await run(along: oneOrder) else { return false }
      if measurements > before || self.best?.cut != best.cut { continue }
      let predictions = Predictions(self)
      let family = scope.refutation.family(
        above: found.bottleneck * (1 - 1e-9), known: scope.links(known, above: goal.low),
        atMost: 4 * devices.count + 8
      ) { predictions.load(of: scope.operators(of: $0), onDevice: $1) }
      switch family {
      case .tooLarge: return false
      case .counterexample(let stages):
        guard stages.allSatisfy({ !$0.isEmpty }) else { return false }
        try await measure(
          stages: stages.map(scope.operators(of:)), abandonAbove: best.bottleneck)
      case .links(let links):
        try await measure(links, of: scope, goal, predictions)
      }
      if measurements == before, self.best?.cut == best.cut { return false }
    }
    return false
  }

  /// Measures links of the proof, the closest to the goal first: if one fails, the rest would be
  /// paid for nothing.
  private mutating func measure(
    _ links: [Refutation.Link], of scope: ProofScope, _ goal: ProvingGoal,
    _ predictions: Predictions
  ) async throws {
    rounds += 1
    let planned = links.compactMap { link in
      scope.refutation.kinds.firstIndex(of: link.kind).map { place in
        let stage = scope.operators(of: link.units)
        return (stage, place, predictions.load(of: stage, onDevice: place))
      }
    }
    for (stage, place, predicted) in planned.sorted(by: { $0.2 < $1.2 }) {
      guard mayMeasure else { return }
      let time = try await measure(stage, place, predicted: predicted)
      if time.low < goal.low { return }
    }
  }
}
