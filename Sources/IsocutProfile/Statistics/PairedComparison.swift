/// Two candidates measured in windows that take turns, so that what disturbs the machine disturbs
/// both.
///
/// The test: the 95 % interval of the median of the paired ratios. Where it holds 1, the difference
/// is within noise.
package struct PairedComparison: Hashable, Sendable, Codable {
  package enum Verdict: String, Hashable, Sendable, Codable {
    case firstIsFaster = "first"
    case secondIsFaster = "second"
    case withinNoise = "within noise"
  }

  /// Time of the first over time of the second: below 1 the first is faster.
  package var ratio: MedianInterval
  package var verdict: Verdict

  /// - Parameters:
  ///   - first: time per item in each window of the first candidate, in the order measured.
  ///   - second: likewise; the windows with equal positions make a pair, a last one without a
  ///     partner is left out.
  /// - Note: fewer than six pairs can never be told apart at 95 %.
  package init(first: [Double], second: [Double]) {
    ratio = MedianInterval(zip(first, second).map { $0 / $1 })
    if ratio.confidence < 0.95 || ratio.count == 0 {
      verdict = .withinNoise
    } else if ratio.high < 1 {
      verdict = .firstIsFaster
    } else if ratio.low > 1 {
      verdict = .secondIsFaster
    } else {
      verdict = .withinNoise
    }
  }
}
