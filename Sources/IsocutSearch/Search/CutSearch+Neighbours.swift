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

  /// The cuts in which the slowest stage gives its last or first few units to its neighbour.
  private func neighbours(of candidate: Candidate) -> [Cut] {
    let times = candidate.times.map(\.milliseconds)
    guard let slowest = times.indices.max(by: { times[$0] < times[$1] }) else { return [] }
    let units = allCuts.units.filter { candidate.cut.stageOf[$0[0]] == slowest }
    var cuts: [Cut] = []
    for count in [1, 2, 4] where count < units.count {
      // The end of a topological order is closed under successors, its beginning under predecessors.
      for (moved, stage) in [
        (units.suffix(count), slowest + 1), (units.prefix(count), slowest - 1),
      ]
      where (0..<candidate.cut.stageCount).contains(stage) {
        var stageOf = candidate.cut.stageOf
        for member in moved.joined() { stageOf[member] = stage }
        cuts.append(Cut(stageCount: candidate.cut.stageCount, stageOf: stageOf))
      }
    }
    return cuts
  }
}
