/// How much less a series says about its median than as many independent values would.
enum Autocorrelation {
  /// The factor by which dependence widens the variance of the median, at least 1.
  ///
  /// That variance depends only on which values lie above the median, so the factor is the
  /// integrated autocorrelation time of that sequence of signs. The sum stops by Geyer's rule (1992,
  /// initial positive sequence) where neighbouring lags no longer add up to more than noise.
  static func inflation(_ series: [Double], around median: Double) -> Double {
    let n = series.count
    guard n >= 10 else { return 1 }
    let signs = series.map { $0 > median ? 1.0 : $0 < median ? -1.0 : 0.0 }
    let power = signs.reduce(0) { $0 + $1 * $1 }
    guard power > 0 else { return 1 }
    // Correlations smaller than this are what independent values show by chance.
    let noise = 2 / Double(n).squareRoot()
    var time = 1.0
    var lag = 1
    while lag + 1 < n / 4 {
      let pair = correlation(signs, lag, power) + correlation(signs, lag + 1, power)
      guard pair > noise else { break }
      time += 2 * pair
      lag += 2
    }
    return min(max(1, time), Double(n) / 4)
  }

  private static func correlation(_ signs: [Double], _ lag: Int, _ power: Double) -> Double {
    signs.withUnsafeBufferPointer { signs in
      var sum = 0.0
      for index in 0..<(signs.count - lag) { sum += signs[index] * signs[index + lag] }
      return sum / power
    }
  }
}
