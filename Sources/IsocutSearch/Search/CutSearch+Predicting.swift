import IsocutGraph
import IsocutSolver

extension CutSearch {
  /// A cut that is predicted to be better than the best one by this share is measured.
  var improvementWorthMeasuring: Double { min(0.005, limits.tolerance / 2) }

  /// Before any cut is measured whole: what a stage may take so that the others of its cut are still
  /// worth measuring. Where the budget would not allow another cut, all of them are.
  private func hopeful(_ prediction: Prediction) -> Double {
    let left = limits.measurements.map { $0 - measurements - measurementsElsewhere } ?? .max
    return rounds < devices.count && left >= 2 * devices.count
      ? 1.2 * prediction.bottleneck : .infinity
  }

  /// Goes on until the best cut is proven, or nothing is left to try: where measurements cannot
  /// prove it, its neighbours are tried.
  package mutating func finish() async throws {
    repeat {
      try await run()
      try await certify()
      guard [.measured, .measuredOrder].contains(proof.certificate) else {
        if try await improveByNeighbours() { continue }
        return
      }
    } while try await testAssumption()
  }

  /// Runs until nothing better is predicted, or a limit is reached.
  ///
  /// - Parameter target: cuts that do not promise to beat this bottleneck are not measured; the best
  ///   cut of an earlier search with other options.
  package mutating func run(below target: Double = .infinity) async throws {
    while mayMeasure {
      guard
        let prediction = try prediction(Predictions(self))
          ?? prediction(Predictions(self, failuresSpread: false))
      else { return }
      modelBound = prediction.bound
      let goal = min(
        (best?.bottleneck ?? .infinity) * (1 - improvementWorthMeasuring),
        target * (1 - limits.tolerance))
      guard prediction.bottleneck < goal else { return }
      let before = (measurements, best?.cut)
      try await measure(
        stages: prediction.stages,
        abandonAbove: min(best?.bottleneck ?? hopeful(prediction), target))
      // Nothing new was learnt, so the next solution would be the same.
      if (measurements, best?.cut) == before { return }
    }
  }

  /// The best cut of all under what is known; nil where none is predicted to run.
  func prediction(_ predictions: Predictions) throws -> Prediction? {
    if allCuts.isChain { return predictions.best(along: allCuts.units) }
    var found = try predictions.best(states: 200_000)
    if let found, found.isExact { return found }
    // The solver's work ended first: cuts along some orders may be better.
    let contraction = graph.contraction
    var orders = Orders(predictions.problem, contraction).assorted(SolverLimits())
      .map { $0.map { contraction.units[$0] } }
    if let best { orders.append(ProofScope(along: best.cut, of: allCuts).units) }
    if let found { orders.append(ProofScope(along: Cut(stages: found.stages), of: allCuts).units) }
    for order in orders {
      guard let other = predictions.best(along: order),
        other.bottleneck < found?.bottleneck ?? .infinity
      else { continue }
      found = Prediction(
        stages: other.stages, bottleneck: other.bottleneck, bound: found?.bound ?? 0)
    }
    // Other orders that the best of them follows too may be better still, and never are worse.
    var random = Repeatable()
    for _ in 0..<12 {
      guard let cut = found.map({ Cut(stages: $0.stages) }) else { break }
      let order = ProofScope.randomOrder(along: cut, of: allCuts, using: &random)
      guard let other = predictions.best(along: order), let now = found,
        other.bottleneck <= now.bottleneck
      else { continue }
      found = Prediction(stages: other.stages, bottleneck: other.bottleneck, bound: now.bound)
    }
    return found
  }
}

/// Numbers that are the same on every run: a linear congruential generator.
private struct Repeatable: RandomNumberGenerator {
  private var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
