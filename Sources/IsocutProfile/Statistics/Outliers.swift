/// Values far above the rest.
package struct OutlierReport: Hashable, Sendable, Codable {
  /// Values beyond `limit`.
  package var count: Int
  /// The third quartile and three times the distance between the quartiles (Tukey's far fence).
  package var limit: Double
  /// The largest value over the median.
  package var worstRatio: Double

  package init(_ sample: SortedSample) {
    let third = sample.percentile(75)
    limit = third + 3 * (third - sample.percentile(25))
    let limit = limit
    count = sample.values.reversed().prefix { $0 > limit }.count
    worstRatio = (sample.values.last ?? .nan) / sample.median
  }

  /// Says what a reader should suspect, or nil where outliers are as rare as they should be.
  package func warning(of total: Int) -> String? {
    guard total > 0, Double(count) > max(2, 0.05 * Double(total)) else { return nil }
    return """
      \(count) of \(total) runs took far longer than the rest: other programs, a neighbour on the \
      same machine, or a clock that was throttled
      """
  }
}
