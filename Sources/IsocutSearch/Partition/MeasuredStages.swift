import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile

/// Measures stages of a prepared model with a real backend.
struct MeasuredStages: StageMeasuring {
  let stages: StageFiles
  let measurer: Measurer
  let level: RunOptions.OptimizationLevel

  func measure(_ stage: OperatorSet, on device: Device) async throws -> StageTime {
    let key = try stages.preparation.model.contentKey(ofStage: stage)
    let measurement = try await measurer.measure(
      stage: key, on: device.speedKind, RunOptions(optimizationLevel: level),
      try stages.load(of: stage, on: device)
    ) { [stages] in try stages.preparation.stageFiles(stage) }
    return StageTime(measurement)
  }

  func willMeasure(_ expected: [(operators: OperatorSet, device: Device)]) async throws {
    try await measurer.expect(try expected.map { try stages.preparation.stageFiles($0.operators) })
  }
}

extension StageTime {
  init(_ measurement: StageMeasurement) {
    guard let timing = measurement.timing, let interval = measurement.intervalMilliseconds else {
      let reason = measurement.reason ?? "no reason given"
      let isNotCompiled = measurement.status == .notCompiled
      self = .failed(
        isNotCompiled ? reason : "\(measurement.status.rawValue): \(reason)",
        isNotCompiled: isNotCompiled)
      return
    }
    self.init(
      milliseconds: timing.interval.median, low: interval.lowerBound, high: interval.upperBound,
      latency: timing.latencyMilliseconds ?? timing.interval.median,
      isSteady: measurement.status == .good, reason: measurement.reason)
  }
}
