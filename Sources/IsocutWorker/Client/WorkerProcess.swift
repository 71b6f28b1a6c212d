import Foundation
import IsocutGraph

/// A worker process, seen from its parent. Several may be alive at once; each answers one call at a
/// time, in the order they come. It ends with the last reference to it, or with the parent.
package final class WorkerProcess: Sendable {
  /// What the worker said of itself and its machine.
  package let hello: WorkerHello
  package let command: WorkerCommandLine
  private let thread: WorkerThread

  private init(_ command: WorkerCommandLine, _ thread: WorkerThread, _ hello: WorkerHello) {
    self.command = command
    self.thread = thread
    self.hello = hello
  }

  deinit { thread.stop() }

  /// Starts a worker and agrees on versions and limits with it.
  ///
  /// - Parameters:
  ///   - toolVersion: the worker must have the same.
  ///   - timeout: from the start of the process to its first answer.
  /// - Throws: `IsocutError` `.unavailable` where it cannot be started or is another version,
  ///   `.inputOutput` where a remote one cannot be reached; `WorkerFailure` where it fails at once.
  package static func start(
    _ command: WorkerCommandLine = .own, limits: WorkerLimits = WorkerLimits(),
    toolVersion: String, timeout: Duration = .seconds(30)
  ) async throws -> WorkerProcess {
    let thread = try WorkerThread(command)
    do {
      let request = HelloRequest(toolVersion: toolVersion, limits: limits)
      let reply = try await call(
        .hello, WorkerCoding.encode(request), [], timeout: timeout, onEvent: nil, on: thread)
      let hello = try reply.head(as: WorkerHello.self)
      guard hello.toolVersion == toolVersion else {
        throw IsocutError(
          .unavailable,
          """
          the worker \(command.words.joined(separator: " ")) is isocut \(hello.toolVersion), this \
          is \(toolVersion); install the same version on both sides
          """)
      }
      return WorkerProcess(command, thread, hello)
    } catch let failure as WorkerFailure where command.isRemote {
      thread.stop()
      throw IsocutError(
        .inputOutput,
        """
        the worker \(command.words.joined(separator: " ")) cannot be reached; type this command \
        yourself: it must start, print nothing and wait
        """, cause: failure)
    } catch {
      thread.stop()
      throw error
    }
  }

  /// Sends a request and waits for its answer.
  ///
  /// - Parameters:
  ///   - timeout: after it the worker is killed; nil waits for ever.
  ///   - onEvent: gets what the worker tells on the way, in the worker's thread.
  /// - Throws: `IsocutError` as the verb threw it on the other side; `WorkerFailure` where the worker
  ///   did not survive, after which it answers nothing more; `CancellationError`, likewise.
  package func call(
    _ verb: WorkerVerb, _ head: some Encodable & Sendable, blobs: [WorkerBlob] = [],
    timeout: Duration?, onEvent: (@Sendable (WorkerMessage) -> Void)? = nil
  ) async throws -> WorkerMessage {
    try await Self.call(
      verb, WorkerCoding.encode(head), blobs, timeout: timeout, onEvent: onEvent, on: thread)
  }

  private static func call(
    _ verb: WorkerVerb, _ head: Data, _ blobs: [WorkerBlob], timeout: Duration?,
    onEvent: (@Sendable (WorkerMessage) -> Void)?, on thread: WorkerThread
  ) async throws -> WorkerMessage {
    let call = WorkerCall(
      id: thread.nextID(), verb: verb, head: head, blobs: blobs, timeout: timeout,
      onEvent: onEvent)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { thread.submit(call, $0) }
    } onCancel: {
      thread.cancel(call.id)
    }
  }

  /// Lets the calls before finish and ends the process.
  package func stop() async {
    await withCheckedContinuation { thread.stop($0) }
  }
}
