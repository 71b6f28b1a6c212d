package import IsocutBackends
package import IsocutGraph
package import IsocutProfile

/// A stage to measure, on a device and at an optimisation level of the engine.
package struct StagePart: Hashable, Sendable {
  package var level: RunOptions.OptimizationLevel
  package var operators: OperatorSet
  package var device: Device
}

/// Where the stages of a cut are measured: by an engine in a worker, or by a vendor's tools on a
/// card. The search above it is the same.
package protocol StageBench: Sendable {
  /// Whether results are kept.
  var saves: Bool { get }
  /// What was paid for, and what was not.
  var counts: Measurer.Counts { get async }

  /// Times of single operators, or nil where the device does not tell them.
  func firstCosts(
    _ files: StageFiles, _ level: RunOptions.OptimizationLevel
  ) async throws -> FirstCosts?

  /// Who measures stages alone.
  func measuring(_ files: StageFiles, _ level: RunOptions.OptimizationLevel) -> any StageMeasuring

  /// Windows of several stages, one after the other again and again, so that what disturbs one
  /// disturbs all.
  ///
  /// - Parameter milliseconds: what the slowest stage is known to take, about.
  func inTurns(
    _ parts: [StagePart], _ files: StageFiles, expecting milliseconds: Double
  ) async throws -> SeveralStages.Windows

  /// Median milliseconds per item of each stage with all of them busy at the same time.
  func together(_ parts: [StagePart], _ files: StageFiles) async throws -> [Double]

  /// Says in the plan where it was measured.
  func describe(_ plan: inout Plan) async throws

  /// Whether `finish` takes long.
  var compilesFinalStages: Bool { get async throws }

  /// Makes what the device loads of the final stages, in the bundle's folder.
  func finish(_ plan: inout Plan, in folder: String) async throws
}
