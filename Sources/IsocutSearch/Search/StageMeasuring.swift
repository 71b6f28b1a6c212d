package import IsocutGraph

/// What one measurement of a stage gave.
package struct StageTime: Hashable, Sendable {
  /// Median milliseconds per item with all lanes busy; infinite where the stage cannot run.
  package var milliseconds: Double
  /// The 95 % interval of that median.
  package var low: Double
  package var high: Double
  /// Median milliseconds of one call.
  package var latency: Double
  /// True where the figure is steady.
  package var isSteady: Bool
  /// Why the stage cannot run, or why the figure is not steady.
  package var reason: String?
  /// True where it cannot run because a vendor's compiler made nothing of it.
  package var isNotCompiled = false

  package init(
    milliseconds: Double, low: Double, high: Double, latency: Double, isSteady: Bool,
    reason: String? = nil
  ) {
    self.milliseconds = milliseconds
    self.low = low
    self.high = high
    self.latency = latency
    self.isSteady = isSteady
    self.reason = reason
  }

  package static func failed(_ reason: String, isNotCompiled: Bool = false) -> StageTime {
    var time = StageTime(
      milliseconds: .infinity, low: .infinity, high: .infinity, latency: .infinity,
      isSteady: false, reason: reason)
    time.isNotCompiled = isNotCompiled
    return time
  }

  package var failed: Bool { milliseconds == .infinity }
}

/// Whoever can say how long a stage takes on a device, by running it.
package protocol StageMeasuring: Sendable {
  /// Told which stages are likely to be measured next, where that allows to get them ready at the
  /// same time. What cannot be made ready shows when it is measured.
  func willMeasure(_ stages: [(operators: OperatorSet, device: Device)]) async throws

  func measure(_ stage: OperatorSet, on device: Device) async throws -> StageTime
}

extension StageMeasuring {
  package func willMeasure(_ stages: [(operators: OperatorSet, device: Device)]) async throws {}
}

/// The cuts tried so far, as a reader of the terminal wants to see them.
package enum SearchEvent: Sendable {
  /// A stage is about to be measured.
  case measuring(round: Int, stage: Int, operators: Int, predicted: Double?)
  case measured(round: Int, stage: Int, time: StageTime)
  /// A whole cut has been measured; `isBest` says that no better one is known.
  case candidate(round: Int, bottleneck: Double, isBest: Bool)
}
