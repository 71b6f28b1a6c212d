/// When a measurement is long enough. Part of a stored result's key: results under different rules
/// are not mixed.
package struct MeasuringRule: Hashable, Sendable, Codable {
  /// Half the interval's width, over the median, at which it ends.
  package var relativeHalfWidth: Double
  /// It does not end on the interval before both of these.
  package var minimumSeconds: Double
  package var minimumCount: Int
  /// Nor before the runs are worth so many independent ones: of fewer one cannot tell how much they
  /// depend on each other, and a narrow interval is luck.
  package var minimumEffectiveCount: Double
  /// It ends here, whatever the interval, once there are `minimumCountAtMaximum` runs.
  package var maximumSeconds: Double
  package var minimumCountAtMaximum: Int
  /// Warm-up lasts at most so long.
  package var maximumWarmUpSeconds: Double
  /// How often a disturbed round is measured again before it is kept as unstable.
  package var maximumRepeats: Int
  /// Runs count as quiet where fixed work right before and after them was slower than at best by at
  /// most this share.
  package var quietSlowdown: Double

  package init(
    relativeHalfWidth: Double = 0.01, minimumSeconds: Double = 0.3, minimumCount: Int = 30,
    minimumEffectiveCount: Double = 30,
    maximumSeconds: Double = 3, minimumCountAtMaximum: Int = 5, maximumWarmUpSeconds: Double = 1,
    maximumRepeats: Int = 2, quietSlowdown: Double = 0.08
  ) {
    self.relativeHalfWidth = relativeHalfWidth
    self.minimumSeconds = minimumSeconds
    self.minimumCount = minimumCount
    self.minimumEffectiveCount = minimumEffectiveCount
    self.maximumSeconds = maximumSeconds
    self.minimumCountAtMaximum = minimumCountAtMaximum
    self.maximumWarmUpSeconds = maximumWarmUpSeconds
    self.maximumRepeats = maximumRepeats
    self.quietSlowdown = quietSlowdown
  }

  /// What the search uses.
  package static let search = MeasuringRule()

  /// One run to warm up, then so many, whatever they show: what libcoral's tool does with ten.
  package static func runs(_ count: Int) -> MeasuringRule {
    MeasuringRule(
      relativeHalfWidth: 0, minimumSeconds: 0, minimumCount: count, minimumEffectiveCount: 0,
      maximumSeconds: 0, minimumCountAtMaximum: count, maximumWarmUpSeconds: 0, maximumRepeats: 0)
  }
}

/// Why a measurement ended.
package enum MeasurementEnd: String, Hashable, Sendable, Codable {
  case intervalReached = "interval_reached"
  case timeLimit = "time_limit"
}
