package import IsocutGraph

/// Units that a cut may not divide, in a topological order, with what each of them leads to.
package struct UnitOrder: Sendable {
  package let successors: [[Int]]
  /// For each unit itself and all that it leads to.
  let below: [OperatorSet]

  package var count: Int { successors.count }

  /// - Parameter successors: every successor of unit i is greater than i; repeats are allowed.
  package init(successors: [[Int]]) {
    self.successors = successors
    var below = Array(
      repeating: OperatorSet(capacity: successors.count), count: successors.count)
    for unit in successors.indices.reversed() {
      below[unit].insert(unit)
      for next in successors[unit] { below[unit].formUnion(below[next]) }
    }
    self.below = below
  }

  /// The order in which the units of a contraction depend on each other.
  package init(_ contraction: Contraction, successors: [[Int]]) {
    var next = Array(repeating: Set<Int>(), count: contraction.units.count)
    for (index, targets) in successors.enumerated() {
      let unit = contraction.unitOf[index]
      for target in targets where contraction.unitOf[target] != unit {
        next[unit].insert(contraction.unitOf[target])
      }
    }
    self.init(successors: next.map { $0.sorted() })
  }

  /// Whether only one order of the units is possible.
  var isChain: Bool {
    successors.indices.dropLast().allSatisfy { successors[$0].contains($0 + 1) }
  }

  /// Members that lead to no other member.
  func last(of set: OperatorSet) -> [Int] {
    set.filter { unit in
      // A member further down may be reached through units outside the set.
      var reach = below[unit]
      reach.remove(unit)
      return reach.isDisjoint(with: set)
    }
  }
}
