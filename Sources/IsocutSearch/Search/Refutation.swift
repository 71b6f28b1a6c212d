package import IsocutGraph

/// The proof that every cut has a stage that takes at least some time: a family of sets of units,
/// each known to take that long, of which no cut avoids them all. (On a chain: a row of as many
/// segments as stages, each beginning with the unit that the one before it ends with.)
package struct Refutation: Sendable {
  /// A set that no stage on a device of this kind may contain.
  package struct Link: Hashable, Sendable {
    package var units: OperatorSet
    package var kind: DeviceKind

    package init(units: OperatorSet, kind: DeviceKind) {
      self.units = units
      self.kind = kind
    }
  }

  package enum Answer: Equatable, Sendable {
    /// No cut avoids all sets.
    case refuted
    /// This cut does; stages at its end may be empty.
    case avoided([OperatorSet])
    /// There are too many ways to avoid some of the sets.
    case unclear
  }

  package let order: UnitOrder
  /// The kind of device of each stage.
  package let kinds: [DeviceKind]
  /// Ideals that are followed at most at each stage.
  private static let width = 3000

  package init(order: UnitOrder, kinds: [DeviceKind]) {
    self.order = order
    self.kinds = kinds
  }

  /// Looks for a cut none of whose stages contains a link of its device's kind.
  ///
  /// Stage after stage, all ways to take as much as possible: whoever has taken more has an easier
  /// rest. To avoid a link, one of its last units, with all that this leads to, is left out.
  package func cut(avoiding links: [Link]) -> Answer {
    let known = links.map { (units: $0.units, kind: $0.kind, last: order.last(of: $0.units)) }
    let all = OperatorSet(0..<order.count, capacity: order.count)
    var states = [(done: OperatorSet(capacity: order.count), trail: [OperatorSet]())]
    for (stage, kind) in kinds.enumerated() {
      var next: [(done: OperatorSet, trail: [OperatorSet])] = []
      var seen: Set<OperatorSet> = []
      for state in states {
        let active = known.filter { $0.kind == kind && $0.units.isDisjoint(with: state.done) }
        var open = [all]
        while let candidate = open.popLast() {
          // Whatever follows from a part of what is found already is a part of it too.
          if next.contains(where: { candidate.isSubset(of: $0.done) }) { continue }
          // The link with the fewest ways to avoid it.
          let link = active.filter { $0.units.isSubset(of: candidate) }
            .min { $0.last.count < $1.last.count }
          guard let link else {
            if candidate == all { return .avoided(stages(of: state.trail + [all])) }
            next.append((candidate, state.trail + [candidate]))
            continue
          }
          for unit in link.last.reversed() {
            var rest = candidate
            rest.subtract(order.below[unit])
            if seen.insert(rest).inserted { open.append(rest) }
          }
          if seen.count > Self.width { return .unclear }
        }
      }
      if stage + 1 == kinds.count { break }
      // Of two ideals one of which contains the other only the greater counts.
      next.sort { $0.done.count > $1.done.count }
      states = []
      for candidate in next
      where !states.contains(where: { candidate.done.isSubset(of: $0.done) }) {
        states.append(candidate)
      }
    }
    return .refuted
  }

  private func stages(of trail: [OperatorSet]) -> [OperatorSet] {
    var before = OperatorSet(capacity: order.count)
    var result = trail.map { done in
      var stage = done
      stage.subtract(before)
      before = done
      return stage
    }
    while result.count < kinds.count { result.append(OperatorSet(capacity: order.count)) }
    return result
  }
}
