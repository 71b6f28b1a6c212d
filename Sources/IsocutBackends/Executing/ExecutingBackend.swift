public import IsocutGraph

/// A backend that runs stages in this process. All of them are measured in the same way: every lane
/// of the stage loops in a pinned thread, and the time of the first one is reported.
public protocol ExecutingBackend: Backend {}

extension ExecutingBackend {
  public var executes: Bool { true }

  public func measure(
    _ artifact: Artifact, _ load: Load, observe: (Double) -> Bool
  ) throws -> SampleKind {
    try measureByRunning(artifact, load, observe: observe)
    return .latencyMilliseconds
  }
}

extension Backend {
  /// Loads an artifact for all lanes of a stage, one executor a lane.
  ///
  /// Lanes of one thread share an executor that may run concurrently, so that the weights are in
  /// memory once; an executor with threads of its own is loaded for each lane on that lane's cores.
  ///
  /// - Throws: what `open` throws.
  public func openLanes(
    _ artifact: Artifact, _ lanes: [Placement], inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws -> [any Executor] {
    var executors: [any Executor] = []
    for lane in lanes {
      if lane.threads == 1, let first = executors.first, first.isConcurrent,
        lanes[0].threads == 1
      {
        executors.append(first)
      } else {
        executors.append(try open(artifact, lane, inputs: inputs, outputs: outputs))
      }
    }
    return executors
  }
}
