internal import IsocutGraph

/// How far a growing stage is from each measured stage of its device kind.
struct MeasuredProgress {
  let table: MeasuredTable
  /// Units of each cover that the stage lacks.
  private var missing: [Int32]
  /// One row a taken unit: the measured stages that contain everything taken, as bits.
  private var around: [UInt64]
  private var depth = 0

  init(_ table: MeasuredTable, unitCount: Int) {
    self.table = table
    missing = table.covers.map { Int32($0.count) }
    around = Array(repeating: 0, count: table.isEmpty ? 0 : (unitCount + 1) * table.wordCount)
    for index in 0..<table.count { around[index >> 6] |= 1 << UInt64(index & 63) }
  }

  /// Notes a taken unit; returns the largest lower bound among the sets it completes.
  mutating func take(_ unit: Int) -> Double {
    var lower = 0.0
    for row in table.coversOfUnit.row(unit) {
      missing[Int(row)] -= 1
      if missing[Int(row)] == 0, table.bounds {
        lower = max(lower, table.costs[Int(row)].lower)
      }
    }
    let words = table.wordCount
    for word in 0..<words {
      around[(depth + 1) * words + word] =
        around[depth * words + word] & table.containing[unit][word]
    }
    depth += 1
    return lower
  }

  mutating func giveBack(_ unit: Int) {
    for row in table.coversOfUnit.row(unit) { missing[Int(row)] += 1 }
    depth -= 1
  }

  /// The smallest estimate of a measured set around the stage: it may grow into that one.
  var smallestAround: Double {
    let words = table.wordCount
    for word in 0..<words {
      let bits = around[depth * words + word]
      if bits != 0 { return table.costs[word << 6 + bits.trailingZeroBitCount].estimate }
    }
    return .infinity
  }

  /// The cost of the stage as it is.
  func cost(predicted: Double, lower: Double, takenCount: Int) -> Double {
    var upper = Double.infinity
    let words = table.wordCount
    for word in 0..<words {
      var bits = around[depth * words + word]
      while bits != 0 {
        let index = word << 6 + bits.trailingZeroBitCount
        bits &= bits - 1
        if table.isExact[index], table.covers[index].count == takenCount {
          return table.costs[index].estimate
        }
        if table.bounds { upper = min(upper, table.costs[index].upper) }
      }
    }
    return MeasuredTable.clamp(predicted, lower: lower, upper: upper)
  }
}
