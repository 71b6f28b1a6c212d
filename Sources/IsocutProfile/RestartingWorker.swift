import IsocutGraph
import IsocutWorker

/// A worker process that is started at its first need, and again after a failure.
actor RestartingWorker {
  nonisolated let command: WorkerCommandLine
  private let limits: WorkerLimits
  private let toolVersion: String
  /// The one that runs now.
  private(set) var process: WorkerProcess?

  init(_ command: WorkerCommandLine, limits: WorkerLimits, toolVersion: String) {
    self.command = command
    self.limits = limits
    self.toolVersion = toolVersion
  }

  /// Sends a request and waits for its answer. Callers take turns: one request at a time.
  ///
  /// - Throws: as starting a worker and its `call` throw; `CancellationError` where the worker died
  ///   because this process ends at once, which says nothing of what it was asked.
  func send(
    _ verb: WorkerVerb, _ head: some Encodable & Sendable, _ blobs: [WorkerBlob],
    timeout: Duration
  ) async throws -> WorkerMessage {
    let worker = try await running()
    do {
      return try await worker.call(verb, head, blobs: blobs, timeout: timeout)
    } catch {
      if !(error is IsocutError) { process = nil }
      if error is WorkerFailure, LocalWorkers.areEnding { throw CancellationError() }
      throw error
    }
  }

  func running() async throws -> WorkerProcess {
    if let process { return process }
    let started = try await WorkerProcess.start(
      command, limits: limits, toolVersion: toolVersion)
    process = started
    return started
  }

  /// Ends the process. A later request starts a new one.
  func stop() async {
    await process?.stop()
    process = nil
  }
}
