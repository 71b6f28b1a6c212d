import IsocutGraph
import IsocutSolver

extension CutSearch {
  /// A cut that is predicted to be better than the best one by this share is measured. Where
  /// measurements are noisy, less would be noise more often than not; and the more cuts have
  /// disappointed, the more the next one must promise, up to what the tolerance allows.
  var improvementWorthMeasuring: Double {
    let share = max(min(0.005, limits.tolerance / 2), (known.usualNoise - 1) / 4)
    return min(share * (1 + 0.3 * Double(disappointments)), max(share, 0.8 * limits.tolerance))
  }

  /// Goes on until the best cut is proven, or nothing is left to try: where measurements cannot
  /// prove it, its neighbours are tried.
  package mutating func finish() async throws {
    var before: (best: Cut?, measurements: Int)
    repeat {
      before = (best?.cut, measurements)
      try await run()
      try await certify()
      guard [.measured, .measuredOrder].contains(proof.certificate) else {
        if try await improveByNeighbours() { continue }
        return
      }
      if try await testAssumption() { continue }
      try await measureRunnerUp()
      // What the last measurements taught may ask for another cut.
    } while best?.cut != before.best || measurements != before.measurements
  }

  /// Runs until nothing better is predicted, or a limit is reached.
  ///
  /// After each measured stage the best cut is predicted anew: one under way is left as soon as
  /// another promises clearly more.
  ///
  /// - Parameter target: cuts that do not promise to beat this bottleneck are not measured; the best
  ///   cut of an earlier search with other options.
  package mutating func run(below target: Double = .infinity) async throws {
    try await run(below: target, along: nil)
  }

  /// - Parameter order: only cuts along it are looked at; nil for all.
  /// - Returns: the best prediction, which promises too little to be measured; nil where something
  ///   else ended the search.
  @discardableResult
  mutating func run(
    below target: Double = .infinity, along order: ProofScope?
  ) async throws -> Prediction? {
    var underWay: [OperatorSet]?
    // Since a cut was last measured whole. In a wide graph another one always promises a little more.
    var begunInARow = 0
    while mayMeasure {
      let predictions = Predictions(self)
      guard
        let prediction = try prediction(predictions, along: order)
          ?? prediction(Predictions(self, failuresSpread: false), along: order)
      else { return nil }
      if order == nil { modelBound = prediction.bound }
      let goal = min(
        (best?.bottleneck ?? .infinity) * (1 - improvementWorthMeasuring),
        target * (1 - limits.tolerance))
      guard prediction.bottleneck < goal else {
        // A cut of measured stages costs nothing, however little it promises.
        guard isFree(prediction.stages) else { return prediction }
        let previous = best?.cut
        take(prediction.stages)
        if best?.cut == previous { return prediction }
        continue
      }
      var stages = prediction.stages
      if let begun = underWay {
        let bottleneck = predictions.bottleneck(of: begun)
        if bottleneck >= goal { disappointments += 1 }
        let clearlyMore = improvementWorthMeasuring * (1 + 1.5 * Double(begunInARow))
        let isWorthLeaving =
          bottleneck >= goal || prediction.bottleneck < bottleneck * (1 - clearlyMore)
        if !isWorthLeaving || (bottleneck.isFinite && !canAffordAnotherCut) { stages = begun }
      }
      if stages != underWay {
        rounds += 1
        begunInARow += 1
        try await announce(stages)
      }
      underWay = stages
      if let place = slowestUnknown(of: stages, predictions) {
        _ = try await measure(
          stages[place], place, predicted: predictions.load(of: stages[place], onDevice: place))
      } else {
        let previous = best?.cut
        take(stages)
        // Nothing new was learnt, so the next solution would be the same.
        if best?.cut == previous { return nil }
        underWay = nil
        begunInARow = 0
      }
    }
    if best == nil, let underWay { try await measure(stages: underWay, abandonAbove: .infinity) }
    return nil
  }

  /// Whether the budget lasts for another cut, so that one under way may be left even where none
  /// has been measured whole.
  private var canAffordAnotherCut: Bool {
    guard best == nil, let limit = limits.measurements else { return true }
    return limit - measurements - measurementsElsewhere >= devices.count
  }

  /// Whether a cut needs no measurement and has not been looked at.
  private func isFree(_ stages: [OperatorSet]) -> Bool {
    stages.indices.allSatisfy { known[stages[$0], devices[$0].speedKind] != nil }
      && !measuredCuts.contains(Cut(stages: stages))
  }

  /// The place of the stage that is predicted to be the slowest of those not measured.
  func slowestUnknown(of stages: [OperatorSet], _ predictions: Predictions) -> Int? {
    stages.indices.filter { known[stages[$0], devices[$0].speedKind] == nil }
      .max {
        predictions.load(of: stages[$0], onDevice: $0)
          < predictions.load(of: stages[$1], onDevice: $1)
      }
  }

  /// The best cut, of all or of those along an order, under what is known; nil where none is
  /// predicted to run.
  func prediction(
    _ predictions: Predictions, along order: ProofScope? = nil
  ) throws -> Prediction? {
    if let order { return predictions.best(along: order.units) }
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
