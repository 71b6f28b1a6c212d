import IsocutGraph

extension Refutation {
  enum Family {
    /// With these further links, none of which is known yet, the proof would be complete.
    case links([Link])
    /// All stages of this cut are predicted to be below the goal.
    case counterexample([OperatorSet])
    /// More links than are allowed, or too many ways to avoid them.
    case tooLarge
  }

  /// The links that are missing for a proof, if predictions are right.
  ///
  /// As long as some cut avoids all links, one of its stages is predicted to reach the goal: the
  /// shortest beginning of it that still does becomes a link. Links that turn out to be
  /// superfluous are dropped.
  ///
  /// - Parameters:
  ///   - goal: what a link must be predicted to take.
  ///   - known: links that are measured.
  ///   - predict: the time of a set of units on the device of a stage.
  func family(
    above goal: Double, known: [Link], atMost limit: Int,
    predict: (OperatorSet, Int) -> Double
  ) -> Family {
    var missing: [Link] = []
    while true {
      switch cut(avoiding: known + missing) {
      case .refuted:
        return .links(withoutSuperfluous(missing, known))
      case .unclear:
        return .tooLarge
      case .avoided(let stages):
        let times = stages.indices.map { stages[$0].isEmpty ? 0 : predict(stages[$0], $0) }
        guard let slowest = times.indices.max(by: { times[$0] < times[$1] }),
          times[slowest] >= goal
        else { return .counterexample(stages) }
        guard missing.count < limit else { return .tooLarge }
        missing.append(
          Link(
            units: shortest(stages[slowest], above: goal) { predict($0, slowest) },
            kind: kinds[slowest]))
      }
    }
  }

  /// The shortest beginning of a stage that is predicted to reach the goal.
  private func shortest(
    _ stage: OperatorSet, above goal: Double, predict: (OperatorSet) -> Double
  ) -> OperatorSet {
    let members = Array(stage)
    var low = 1
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if predict(OperatorSet(members[..<middle], capacity: order.count)) >= goal {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return OperatorSet(members[..<high], capacity: order.count)
  }

  private func withoutSuperfluous(_ missing: [Link], _ known: [Link]) -> [Link] {
    var needed = missing
    for link in missing {
      let others = needed.filter { $0 != link }
      if case .refuted = cut(avoiding: known + others) { needed = others }
    }
    return needed
  }
}
