import IsocutBackends
import IsocutGraph
import IsocutProfile

extension ProgramMeasurer {
  /// What several programs do side by side, each on cores of its own.
  struct Together: Codable, Sendable {
    var results: [RunnerResult]
    var environment: AICEnvironment

    /// Executions that a pipeline of these programs can finish in a second: the slowest decides.
    var executionsPerSecond: Double {
      1000 / (results.map(\.millisecondsPerExecution).max() ?? .infinity)
    }
  }

  func knownTogether(_ programs: [AICProgram], setSize: Int) throws -> Together? {
    try store?.figures(for: togetherKey(programs, setSize), as: Together.self)
  }

  /// Runs all programs at the same time.
  ///
  /// - Throws: `IsocutError` `.vendorTool` where a run failed, `.unavailable` where the device is
  ///   not ready or has too few free cores; `CancellationError`.
  func measureTogether(_ programs: [AICProgram], setSize: Int) throws -> Together {
    try inTurn {
      let cores = programs.reduce(0) { $0 + $1.layout.cores * $1.layout.instances }
      let now = try readyDevice(cores: cores)
      let (length, qid) = (length, device.qid)
      let results = BlockingThreads.map(programs) { program in
        Result {
          try tools.run(
            program.run(executable: tools.runner, device: qid, setSize: setSize, length: length),
            timeout: timeLimit(ofRun: length), isCancelled: isInterrupted)
        }
      }
      let together = Together(
        results: try results.map { try $0.get() },
        environment: AICEnvironment(sdk: sdk, device: now))
      try store?.save(together, for: togetherKey(programs, setSize))
      return together
    }
  }

  private func togetherKey(_ programs: [AICProgram], _ setSize: Int) throws -> FiguresKey {
    try key(.cloudAI100, programs.map { run(of: $0, setSize: setSize) })
  }
}
