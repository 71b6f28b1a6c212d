import IsocutBackends
import IsocutGraph

/// Measures single stages as programs on a card.
struct ProgramStages: StageMeasuring {
  let bench: ProgramBench
  let files: StageFiles

  func willMeasure(_ stages: [(operators: OperatorSet, device: Device)]) async throws {
    try await bench.compile(stages.map { ($0.operators, $0.device) }, files)
  }

  func measure(_ stage: OperatorSet, on device: Device) async throws -> StageTime {
    try await bench.time(stage, device, files)
  }
}
