/// What is known of a stage after it was measured, or after that was tried.
package struct StageMeasurement: Hashable, Sendable, Codable {
  package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
    case good
    /// Measured, but others disturbed every round.
    case unstable
    /// The engine refused the stage or a run of it.
    case failed
    /// The vendor's compiler made nothing of it.
    case notCompiled = "not_compiled"
    case timedOut = "timed_out"
    case crashed
    case outOfMemory = "out_of_memory"
    /// The device cannot run it.
    case unsupported

    /// True where there are figures.
    package var isMeasured: Bool { self == .good || self == .unstable }
    /// Whether a limit that the user may raise ended it, or may have.
    package var isByLimit: Bool {
      self == .timedOut || self == .outOfMemory || self == .notCompiled
    }
  }

  package var status: Status
  /// Why it is not `good`, in words.
  package var reason: String?
  /// Time per item with all lanes busy; nil where nothing was measured.
  package var timing: StageTiming?

  package init(status: Status, reason: String? = nil, timing: StageTiming? = nil) {
    self.status = status
    self.reason = reason
    self.timing = timing
  }

  /// Median milliseconds per item with all lanes busy.
  package var medianMilliseconds: Double? { timing?.interval.median }
  /// The interval of that median, in milliseconds.
  package var intervalMilliseconds: ClosedRange<Double>? {
    guard let interval = timing?.interval, interval.low <= interval.high else { return nil }
    return interval.low...interval.high
  }
}

/// The figures of a measured stage.
package struct StageTiming: Hashable, Sendable, Codable {
  /// Of the milliseconds per item, while they were measured.
  package var interval: MedianInterval
  /// The same for readers: its lower end allows for what neighbours took.
  package var reportedInterval: MedianInterval { disturbance.widening(interval) }
  /// Median milliseconds of one call; nil where the backend knows only a rate.
  package var latencyMilliseconds: Double?
  package var endedBy: MeasurementEnd
  /// Runs before the ones that count.
  package var warmUpCount: Int
  package var outliers: OutlierReport
  package var disturbance: Disturbance
  /// Rounds thrown away because others disturbed them.
  package var repeats: Int
  /// Seconds that it took with loading, warm-up and repeats, without compiling.
  package var seconds: Double
  /// Milliseconds per item of each run, in order; kept on request only.
  package var samples: [Double]?

  package init(
    interval: MedianInterval, latencyMilliseconds: Double?, endedBy: MeasurementEnd,
    warmUpCount: Int, outliers: OutlierReport, disturbance: Disturbance, repeats: Int,
    seconds: Double, samples: [Double]? = nil
  ) {
    self.interval = interval
    self.latencyMilliseconds = latencyMilliseconds
    self.endedBy = endedBy
    self.warmUpCount = warmUpCount
    self.outliers = outliers
    self.disturbance = disturbance
    self.repeats = repeats
    self.seconds = seconds
    self.samples = samples
  }
}
