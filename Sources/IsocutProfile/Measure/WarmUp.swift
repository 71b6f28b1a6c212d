/// Decides when runs have become steady: a pure value, fed with samples and time.
///
/// Runs are put in windows of at least three runs and 50 ms; it is warm when the medians of two
/// windows in a row differ by at most 2 %.
package struct WarmUp: Sendable {
  private static let windowSeconds = 0.05
  private static let windowCount = 3
  private static let tolerance = 0.02

  private let maximumSeconds: Double
  private var window: [Double] = []
  private var windowBegin = 0.0
  private var lastMedian: Double?
  /// Runs so far.
  package private(set) var count = 0

  package init(maximumSeconds: Double) {
    self.maximumSeconds = maximumSeconds
  }

  /// Takes a sample.
  ///
  /// - Parameter elapsed: seconds since the first run began.
  /// - Returns: true when the next run may count.
  package mutating func add(_ sample: Double, elapsed: Double) -> Bool {
    count += 1
    window.append(sample)
    if elapsed >= maximumSeconds { return true }
    guard window.count >= Self.windowCount, elapsed - windowBegin >= Self.windowSeconds else {
      return false
    }
    let median = SortedSample(window).median
    defer {
      lastMedian = median
      window.removeAll(keepingCapacity: true)
      windowBegin = elapsed
    }
    guard let lastMedian else { return false }
    return abs(median - lastMedian) <= Self.tolerance * min(median, lastMedian)
  }
}
