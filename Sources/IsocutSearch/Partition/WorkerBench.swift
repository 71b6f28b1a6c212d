package import IsocutBackends
package import IsocutGraph
package import IsocutProfile

/// Stages measured by an engine in a worker process.
package struct WorkerBench: StageBench {
  let measurer: Measurer
  /// Runs of each stage; nil measures until figures are certain.
  var runs: Int?

  package var saves: Bool { measurer.saves }
  package var counts: Measurer.Counts { get async { await measurer.counts } }

  package func firstCosts(
    _ files: StageFiles, _ level: RunOptions.OptimizationLevel
  ) async throws -> FirstCosts? {
    try await measurer.firstCosts(
      files.preparation.prepared, RunOptions(optimizationLevel: level), inputs: files.inputPlan,
      on: Array((files.devices.first?.cpus ?? []).prefix(1)))
  }

  package func measuring(
    _ files: StageFiles, _ level: RunOptions.OptimizationLevel
  ) -> any StageMeasuring {
    MeasuredStages(stages: files, measurer: measurer, level: level)
  }

  package func inTurns(
    _ parts: [StagePart], _ files: StageFiles, expecting milliseconds: Double
  ) async throws -> SeveralStages.Windows {
    try await measurer.measureSeveral(
      try files.requests(for: parts), .inTurns, rule(expecting: milliseconds))
  }

  /// Short windows, so that those that are compared lie close together: a busy machine's speed
  /// drifts within seconds. About a second for each stage.
  private func rule(expecting milliseconds: Double) -> SeveralStages.Rule {
    if let runs { return .runs(runs) }
    let seconds = min(max(0.003 * milliseconds, 0.03), 0.1)
    return SeveralStages.Rule(windowSeconds: seconds, windowCount: min(24, Int(1 / seconds)))
  }

  package func together(_ parts: [StagePart], _ files: StageFiles) async throws -> [Double] {
    let together = try await measurer.measureSeveral(
      try files.requests(for: parts), .together,
      runs.map(SeveralStages.Rule.runs)
        ?? SeveralStages.Rule(windowSeconds: 0.1, windowCount: 10))
    return together.medians.indices.map { together.interval(ofStage: $0).median }
  }

  package func describe(_ plan: inout Plan) async throws {
    plan.take(try await measurer.site())
  }

  package var compilesFinalStages: Bool {
    get async throws { try await measurer.configuration.backend.make().compilesExpensively }
  }

  package func finish(_ plan: inout Plan, in folder: String) async throws {
    guard try await compilesFinalStages else { return }
    try await plan.takeCompiledStages(from: measurer, in: folder)
  }
}
