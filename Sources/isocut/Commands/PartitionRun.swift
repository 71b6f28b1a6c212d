import IsocutProfile
import IsocutSearch

/// One run of the partitioner, shown on the terminal.
enum PartitionRun {
  /// Ends the measurer's workers, also where it fails.
  ///
  /// - Parameters:
  ///   - bench: where stages are measured; nil measures them by `measurer`.
  ///   - request: made here because it may need to ask a worker.
  static func run(
    _ measurer: Measurer, bench: (any StageBench)? = nil,
    _ request: () async throws -> PartitionRequest
  ) async throws -> Partitioner.Result {
    Interruption.finishesStep()
    let progress = Progress()
    do {
      let partitioner = Partitioner(
        try await request(), measurer: measurer, bench: bench, toolVersion: ToolVersion.current,
        isInterrupted: { Interruption.isRequested },
        report: { PartitionProgress.show($0, on: progress) })
      let result = try await partitioner.run()
      progress.clear()
      await measurer.stop()
      return result
    } catch {
      progress.clear()
      await measurer.stop()
      throw error
    }
  }
}
