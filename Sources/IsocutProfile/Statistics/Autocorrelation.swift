/// How much less a series says about its median than as many independent values would.
enum Autocorrelation {
  /// The factor by which dependence widens the variance of the median, at least 1.
  ///
  /// That variance depends only on which values lie above the median, so the factor is the
  /// integrated autocorrelation time of that sequence of signs. The sum stops by Geyer's rule (1992,
  /// initial positive sequence) where neighbouring lags no longer add up to more than noise.
  ///
  /// - Complexity: O(n): long series are first averaged in at most 1000 blocks.
  static func inflation(_ series: [Double], around median: Double) -> Double {
    let n = series.count
    guard n >= 10 else { return 1 }
    let signs = series.map { $0 > median ? 1.0 : $0 < median ? -1.0 : 0.0 }
    let variance = signs.reduce(0) { $0 + $1 * $1 } / Double(n)
    let size = (n + 999) / 1000
    let blocks = size == 1 ? signs : means(signs, ofBlocks: size)
    let power = blocks.reduce(0) { $0 + $1 * $1 }
    guard variance > 0, power > 0 else { return 1 }
    // Variance of a block's mean, over that of as many independent signs.
    let within = Double(size) * (power / Double(blocks.count)) / variance
    return min(max(1, within * integratedTime(blocks, power)), Double(n) / 4)
  }

  private static func means(_ values: [Double], ofBlocks size: Int) -> [Double] {
    stride(from: 0, through: values.count - size, by: size).map { start in
      values[start..<(start + size)].reduce(0, +) / Double(size)
    }
  }

  private static func integratedTime(_ series: [Double], _ power: Double) -> Double {
    // Correlations smaller than this are what independent values show by chance.
    let noise = 2 / Double(series.count).squareRoot()
    var time = 1.0
    var lag = 1
    while lag + 1 < series.count / 4 {
      let pair = correlation(series, lag, power) + correlation(series, lag + 1, power)
      guard pair > noise else { break }
      time += 2 * pair
      lag += 2
    }
    return time
  }

  private static func correlation(_ series: [Double], _ lag: Int, _ power: Double) -> Double {
    series.withUnsafeBufferPointer { series in
      var sum = 0.0
      for index in 0..<(series.count - lag) { sum += series[index] * series[index + lag] }
      return sum / power
    }
  }
}
