import IsocutGraph

extension CutSearch {
  /// Measures cuts that make the bottleneck of the best one smaller by a few units: what the model
  /// has learnt wrongly near its end (a seam that costs, small operators that fuse) shows here.
  ///
  /// - Returns: true as soon as a better cut is found.
  mutating func improveByNeighbours() async throws -> Bool {
    guard let start = best else { return false }
    for cut in neighbours(of: start) where triedNeighbours.insert(cut).inserted {
      guard mayMeasure else { return false }
      // What is predicted to be far worse is not worth a measurement.
      let stages = cut.stages
      let predictions = Predictions(self)
      let predicted = stages.indices.map { predictions.load(of: stages[$0], onDevice: $0) }
      guard predicted.max() ?? .infinity < 1.15 * start.bottleneck else { continue }
      try await measure(
        stages: stages, abandonAbove: start.bottleneck * (1 - limits.tolerance / 4))
      if let now = best, now.bottleneck < start.bottleneck { return true }
    }
    return false
  }

  /// Tests the assumption of the proof where it matters most, if measurements have not done so yet:
  /// at the ends of the slowest stage, by measuring the stages beside it with a unit or two of it.
  /// Each of them contains a measured stage; where a cut broke a fusion, it may be faster all the
  /// same.
  ///
  /// - Returns: whether anything was measured, so that the proof must be looked at again.
  mutating func testAssumption() async throws -> Bool {
    guard let start = best else { return false }
    for cut in neighbours(of: start) where assumptionTests < 2 && mayMeasure {
      let stages = cut.stages
      let before = start.cut.stages
      guard
        let place = stages.indices.first(where: {
          stages[$0] != before[$0] && before[$0].isSubset(of: stages[$0])
        }), !isTested(between: before[place], and: stages[place])
      else { continue }
      assumptionTests += 1
      rounds += 1
      let predicted = Predictions(self).load(of: stages[place], onDevice: place)
      let time = try await measure(stages[place], place, predicted: predicted)
      if time.milliseconds < start.bottleneck {
        try await measure(stages: stages, abandonAbove: start.bottleneck)
      }
      return true
    }
    return false
  }

  /// Predictions near the best cut are wrong by less than this share.
  private static let challengerSpread = 0.05

  /// The cuts beside the best one that were not measured whole, the best predicted first. What is
  /// predicted of them differs by less than measurements minutes apart do; windows taken in turns
  /// with the best one's tell.
  func challengers(_ count: Int) -> [(cut: Cut, predicted: [Double])] {
    guard let best, mayMeasure else { return [] }
    let tried = Set(candidates.map(\.cut))
    let predictions = Predictions(self)
    return (neighbours(of: best) + neighbours(of: best, growing: true))
      .filter { !tried.contains($0) }
      .map { cut in
        let stages = cut.stages
        return (cut, stages.indices.map { predictions.load(of: stages[$0], onDevice: $0) })
      }
      .filter { ($0.1.max() ?? .infinity) <= (1 + Self.challengerSpread) * best.bottleneck }
      .sorted { ($0.1.max() ?? 0) < ($1.1.max() ?? 0) }
      .prefix(count).map { $0 }
  }

  /// Whether a stage with this end and one that reaches beyond it have been measured, one inside
  /// the other.
  private func isTested(between stage: OperatorSet, and grown: OperatorSet) -> Bool {
    var moved = grown
    moved.subtract(stage)
    return known.entries.contains { whole in
      !whole.operators.isDisjoint(with: moved) && !whole.operators.isDisjoint(with: stage)
        && known.entries.contains { part in
          part.operators != whole.operators && part.operators.isSubset(of: whole.operators)
            && (part.operators.isDisjoint(with: moved) || part.operators.isDisjoint(with: stage))
        }
    }
  }

  /// The cuts in which the slowest stage gives its last or first few units to its neighbour, or
  /// takes a few of theirs.
  private func neighbours(of candidate: Candidate, growing: Bool = false) -> [Cut] {
    let times = candidate.times.map(\.milliseconds)
    let cut = candidate.cut
    guard let slowest = times.indices.max(by: { times[$0] < times[$1] }) else { return [] }
    func units(of stage: Int) -> [[Int]] {
      allCuts.units.filter { cut.stageOf[$0[0]] == stage }
    }
    var cuts: [Cut] = []
    for count in growing ? [1, 2] : [1, 2, 4] {
      // The end of a topological order is closed under successors, its beginning under predecessors.
      for beside in [slowest + 1, slowest - 1] where (0..<cut.stageCount).contains(beside) {
        let (giver, taker) = growing ? (beside, slowest) : (slowest, beside)
        let given = units(of: giver)
        guard count < given.count else { continue }
        var stageOf = cut.stageOf
        for member in (taker > giver ? given.suffix(count) : given.prefix(count)).joined() {
          stageOf[member] = taker
        }
        cuts.append(Cut(stageCount: cut.stageCount, stageOf: stageOf))
      }
    }
    return cuts
  }
}
