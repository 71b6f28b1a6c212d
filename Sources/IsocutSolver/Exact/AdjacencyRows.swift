/// Rows of small integers in one block of memory (compressed sparse rows).
struct AdjacencyRows: Sendable {
  /// Row i is `values[starts[i] ..< starts[i + 1]]`.
  private(set) var starts: [Int32]
  private(set) var values: [Int32]

  init(_ rows: [[Int]]) {
    starts = [0]
    starts.reserveCapacity(rows.count + 1)
    values = []
    for row in rows {
      for value in row { values.append(Int32(value)) }
      starts.append(Int32(values.count))
    }
  }

  var count: Int { starts.count - 1 }

  func row(_ index: Int) -> ArraySlice<Int32> {
    values[Int(starts[index])..<Int(starts[index + 1])]
  }

  func count(ofRow index: Int) -> Int32 { starts[index + 1] - starts[index] }

  /// For each value below `count` the rows that hold it.
  func transposed(count: Int) -> AdjacencyRows {
    var rows: [[Int]] = Array(repeating: [], count: count)
    for index in 0..<self.count {
      for value in row(index) { rows[Int(value)].append(index) }
    }
    return AdjacencyRows(rows)
  }
}
