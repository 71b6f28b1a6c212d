import CIsocutLinux
import Foundation
import Glibc
import IsocutGraph

/// The worker's side: answers requests on standard input until it ends.
package enum WorkerServer {
  /// Serves requests, one at a time, in the calling thread.
  ///
  /// From now on frames own what was standard output; descriptor 1 goes to standard error, because
  /// libraries print, and descriptor 0 is empty. Fatal signals become exit codes that say which (128
  /// + number, or 119 for out of memory).
  ///
  /// - Parameters:
  ///   - registry: the verbs; `hello` is answered here.
  ///   - toolVersion: both sides must have the same.
  /// - Throws: `IsocutError` `.inputOutput` where the parent is gone in the middle of an answer,
  ///   `.badData` where the input is not the protocol's.
  package static func serve(_ registry: WorkerRegistry, toolVersion: String) throws {
    let failure = cisocut_process_begin_worker()
    guard failure == 0 else {
      throw IsocutError(
        .internalError, "cannot begin a worker process: \(SystemError(number: failure))")
    }
    let channel = try ServerChannel.takingStandardStreams()
    channel.endProcessWhenParentIsGone()
    let cpus = AllowedCPUs.current()
    while let message = try channel.receive() {
      guard message.kind == .request else {
        throw IsocutError(.badData, "the parent sent a frame that is no request")
      }
      do {
        let reply = try answer(message, registry, channel, toolVersion: toolVersion)
        try channel.send(.reply, to: message, reply)
      } catch let error where !channel.isBroken {
        try channel.send(.failure, to: message, WorkerReply(RemoteError(error)))
      }
      cpus.restore()
    }
  }

  private static func answer(
    _ message: WorkerMessage, _ registry: WorkerRegistry, _ channel: ServerChannel,
    toolVersion: String
  ) throws -> WorkerReply {
    if message.verb == WorkerVerb.hello.number {
      return try WorkerReply(WorkerHello.answer(message.head(as: HelloRequest.self), toolVersion))
    }
    guard let handler = registry.handler(for: message.verb) else {
      throw IsocutError(
        .internalError,
        "the worker has no verb \(message.verb); use the same version of isocut on both sides")
    }
    errno = 0  // what the out-of-memory check looks at belongs to this request
    return try handler(
      WorkerRequest(message: message) { try channel.send(.event, to: message, $0) })
  }
}
