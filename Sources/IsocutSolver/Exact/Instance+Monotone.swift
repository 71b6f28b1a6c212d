internal import IsocutGraph

extension Instance {
  /// Units whose leaving a later stage might make that stage dearer than the threshold, because of
  /// a measured cost. The absorption rule must not use them.
  ///
  /// Without transfer, dropping a unit from a stage X raises its cost above T only if what is left
  /// is a measured set dearer than its own lower bound says, or X is one cheaper than its own upper
  /// bound says, with T between the two. Then the unit is in that set, or right beside it.
  func unitsThatMayRaiseCost(threshold: Double) -> [Bool] {
    var marked = Array(repeating: false, count: unitCount)
    let isStrict = hasNets || maximumCopies > 1
    for table in measuredTables where !table.isEmpty {
      let conflicts = table.conflicts
      for index in 0..<table.count {
        let cost = table.costs[index]
        let isBetween = cost.lower <= threshold * (1 + 1e-9) && threshold <= cost.upper * (1 + 1e-9)
        guard !table.bounds || isStrict || isBetween || conflicts.contains(index) else { continue }
        markAround(table.covers[index], &marked)
      }
    }
    return marked
  }

  private func markAround(_ cover: [Int], _ marked: inout [Bool]) {
    var isInside = Array(repeating: false, count: unitCount)
    for unit in cover { isInside[unit] = true }
    var leadsIn = Array(repeating: false, count: unitCount)
    for unit in stride(from: unitCount - 1, through: 0, by: -1) {
      leadsIn[unit] = successors.row(unit).contains {
        isInside[Int($0)] || leadsIn[Int($0)]
      }
    }
    for unit in 0..<unitCount where !marked[unit] {
      // A unit with a detour into the set, through units outside it, cannot share a stage with
      // just this set.
      let hasDetour = successors.row(unit).contains { !isInside[Int($0)] && leadsIn[Int($0)] }
      if isInside[unit] || !hasDetour { marked[unit] = true }
    }
  }
}

extension MeasuredTable {
  /// Measured sets that contradict another: a part dearer than a whole around it.
  var conflicts: Set<Int> {
    var found: Set<Int> = []
    guard bounds else { return found }
    for whole in 0..<count {
      for part in 0..<count where costs[part].estimate > costs[whole].estimate {
        let isPart = covers[part].allSatisfy {
          containing[$0][whole >> 6] & (1 << UInt64(whole & 63)) != 0
        }
        if isPart { found.formUnion([part, whole]) }
      }
    }
    return found
  }
}
