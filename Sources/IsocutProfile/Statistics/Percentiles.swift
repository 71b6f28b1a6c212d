/// Order statistics of a sample.
package struct SortedSample: Hashable, Sendable {
  /// Ascending.
  package let values: [Double]

  package init(_ values: [Double]) {
    self.values = values.sorted()
  }

  package var count: Int { values.count }

  /// The middle value, or the mean of the two in the middle; NaN of nothing.
  package var median: Double {
    guard !values.isEmpty else { return .nan }
    let middle = values.count / 2
    return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
  }

  /// The percentile by nearest rank: the smallest value that `percent` of all values do not exceed.
  /// NaN of nothing.
  package func percentile(_ percent: Double) -> Double {
    guard !values.isEmpty else { return .nan }
    let rank = Int((percent / 100 * Double(values.count)).rounded(.up))
    return values[min(max(rank, 1), values.count) - 1]
  }

  /// The value at a rank from 1 to `count`, between neighbours by their distance.
  func value(atRank rank: Double) -> Double {
    guard !values.isEmpty else { return .nan }
    let position = min(max(rank, 1), Double(values.count)) - 1
    let below = Int(position)
    let above = min(below + 1, values.count - 1)
    return values[below] + (position - Double(below)) * (values[above] - values[below])
  }
}
