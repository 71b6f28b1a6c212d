/// Decides after each run whether there are enough: a pure value, fed with samples and time.
package struct StopRule: Sendable {
  package let rule: MeasuringRule
  package private(set) var samples: [Double] = []
  private var nextLook = 0

  package init(_ rule: MeasuringRule) {
    self.rule = rule
  }

  /// Takes a sample.
  ///
  /// - Parameter elapsed: seconds since the first run that counts began.
  /// - Returns: why it ends, or nil where another run is wanted.
  package mutating func add(_ sample: Double, elapsed: Double) -> MeasurementEnd? {
    samples.append(sample)
    let isOver = elapsed >= rule.maximumSeconds && samples.count >= rule.minimumCountAtMaximum
    if elapsed >= rule.minimumSeconds, samples.count >= rule.minimumCount,
      isOver || samples.count >= nextLook
    {
      let interval = MedianInterval(samples)
      if interval.confidence >= 0.95, interval.effectiveCount >= rule.minimumEffectiveCount,
        interval.relativeHalfWidth <= rule.relativeHalfWidth
      {
        return .intervalReached
      }
      // Each look is a chance to end on a lucky interval, and sorting takes time: look seldom.
      nextLook = 2 * samples.count
    }
    return isOver ? .timeLimit : nil
  }
}
