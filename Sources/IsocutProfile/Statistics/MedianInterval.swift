import Foundation

/// A median with the interval that holds the true one.
///
/// The ends are order statistics, so nothing is assumed of the noise's law: the number of values
/// below the true median is binomial (n, 1/2). Between two ranks the ends are interpolated (Nyblom
/// 1992, after Hettmansperger and Sheather 1986) so that small samples cover what they claim and not
/// more. Values in the order they were measured depend on each other; the interval is then that of
/// the smaller number of independent values that are worth as much (`effectiveCount`).
package struct MedianInterval: Hashable, Sendable, Codable {
  package var median: Double
  package var low: Double
  package var high: Double
  /// The share of such intervals that hold the true median: 0.95, or less where there are fewer than
  /// six values and the interval goes from the smallest to the largest.
  package var confidence: Double
  package var count: Int
  /// Independent values that would be worth as much as these.
  package var effectiveCount: Double

  /// - Parameters:
  ///   - series: in the order measured; without values everything is NaN.
  ///   - isIndependent: true skips the look at how neighbours depend on each other.
  package init(_ series: [Double], confidence: Double = 0.95, isIndependent: Bool = false) {
    let sorted = SortedSample(series)
    count = series.count
    median = sorted.median
    let inflation = isIndependent ? 1 : Autocorrelation.inflation(series, around: median)
    effectiveCount = Double(count) / inflation
    let rank = MedianRank(count: effectiveCount, confidence: confidence)
    self.confidence = rank.confidence
    // A rank among the effective values, as a share of the sample.
    let depth = (rank.value - 0.5) / effectiveCount
    low = sorted.value(atRank: depth * Double(count) + 0.5)
    high = sorted.value(atRank: Double(count) + 0.5 - depth * Double(count))
  }

  /// Half the width in relation to the median; infinite where that says nothing.
  package var relativeHalfWidth: Double {
    let share = (high - low) / 2 / abs(median)
    return share.isFinite ? share : .infinity
  }
}

/// The rank, from either end, of the interval's ends.
struct MedianRank {
  /// From 1; between two ranks where that gives the confidence asked for.
  let value: Double
  let confidence: Double

  /// - Parameter count: independent values; a fraction is taken between its neighbours.
  init(count: Double, confidence: Double) {
    let whole = max(1, Int(count))
    let lower = Self.exact(count: whole, confidence: confidence)
    let share = count - Double(whole)
    guard share > 0 else {
      self = lower
      return
    }
    let upper = Self.exact(count: whole + 1, confidence: confidence)
    self.init(
      value: lower.value + share * (upper.value - lower.value),
      confidence: lower.confidence + share * (upper.confidence - lower.confidence))
  }

  private init(value: Double, confidence: Double) {
    self.value = value
    self.confidence = confidence
  }

  private static func exact(count n: Int, confidence: Double) -> MedianRank {
    if n > 1000 {
      // The normal law is within 0.01 ranks of the binomial here.
      let depth = Double(n) / 2 - Normal.quantile((1 + confidence) / 2) * Double(n).squareRoot() / 2
      return MedianRank(value: depth + 0.5, confidence: confidence)
    }
    // Coverage of [k, n + 1 - k] is 1 - 2 P(B <= k - 1), falling with k.
    var probability = exp2(-Double(n))  // P(B = k - 1), for k = 1
    var coverage = 1 - 2 * probability
    guard coverage >= confidence else {
      return MedianRank(value: 1, confidence: max(0, coverage))
    }
    var k = 1
    while true {
      let nextProbability = probability * Double(n - k + 1) / Double(k)
      let next = coverage - 2 * nextProbability
      guard next >= confidence, 2 * (k + 1) <= n else {
        // Nyblom: the share of the way to the next rank that gives the confidence asked for.
        let way = (coverage - confidence) / (coverage - max(next, 0))
        let share = way == 1 ? 1 : Double(n - k) * way / (Double(k) + Double(n - 2 * k) * way)
        return MedianRank(value: Double(k) + min(max(share, 0), 1), confidence: confidence)
      }
      (probability, coverage, k) = (nextProbability, next, k + 1)
    }
  }
}

/// The standard normal law.
enum Normal {
  /// The value that a share `p` of the law lies below: Newton's steps on `erfc` from the logistic
  /// law's value.
  static func quantile(_ p: Double) -> Double {
    var x = log(p / (1 - p)) * 0.6
    for _ in 0..<60 {
      let error = 0.5 * erfc(-x / 2.0.squareRoot()) - p
      let slope = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      let step = error / slope
      x -= min(max(step, -1), 1)
      if abs(step) < 1e-14 { break }
    }
    return x
  }
}
