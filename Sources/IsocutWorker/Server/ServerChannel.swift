import Foundation
import Glibc
import IsocutGraph

/// The worker's two descriptors for frames, used by the request thread.
final class ServerChannel {
  private let input: Int32
  private let output: Int32
  private var reader = MessageReader()
  private var chunk = [UInt8](repeating: 0, count: 1 << 18)
  /// True after the parent could not be written to.
  private(set) var isBroken = false

  private init(input: Int32, output: Int32) {
    self.input = input
    self.output = output
  }

  /// Moves descriptors 0 and 1 out of the way of libraries and of processes started later.
  static func takingStandardStreams() throws -> ServerChannel {
    let input = fcntl(0, F_DUPFD_CLOEXEC, 3)
    let output = fcntl(1, F_DUPFD_CLOEXEC, 3)
    let null = open("/dev/null", O_RDONLY)
    guard input >= 0, output >= 0, null >= 0, dup2(null, 0) >= 0, dup2(2, 1) >= 0 else {
      throw IsocutError(
        .internalError, "cannot set up a worker's streams: \(SystemError.last)")
    }
    if null > 2 { close(null) }
    return ServerChannel(input: input, output: output)
  }

  /// Ends the process once nobody can read its answers any more: a request that hangs would keep it
  /// for ever, on a host that nobody looks at.
  func endProcessWhenParentIsGone() {
    let output = output
    Thread { Self.waitForBrokenPipe(output) }.start()
  }

  private static func waitForBrokenPipe(_ output: Int32) {
    var poll = pollfd(fd: output, events: 0, revents: 0)
    while true {
      let count = Glibc.poll(&poll, 1, -1)
      if count < 0, errno == EINTR { continue }
      guard count > 0, poll.revents & Int16(POLLERR | POLLHUP) != 0 else { return }
      _exit(IsocutError.Code.inputOutput.exitCode)
    }
  }

  /// The next message, or nil at the end of the input.
  func receive() throws -> WorkerMessage? {
    while true {
      do {
        if let message = try reader.next() { return message }
      } catch {
        throw IsocutError(.badData, "the worker read \(error)")
      }
      let count = read(input, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw IsocutError(.inputOutput, "the worker cannot read: \(SystemError.last)")
      }
      guard count > 0 else {
        do { try reader.finish() } catch {
          throw IsocutError(.badData, "the worker read \(error)")
        }
        return nil
      }
      reader.append(chunk[..<count])
    }
  }

  func send(_ kind: MessageKind, to request: WorkerMessage, _ reply: WorkerReply) throws {
    var message = try OutgoingMessage(
      kind: kind, verb: request.verb, id: request.id, head: reply.head, blobs: reply.blobs)
    while let frame = try message.nextFrame() {
      var sent = 0
      while sent < frame.count {
        let count = frame.withUnsafeBytes {
          write(output, $0.baseAddress.map { $0 + sent }, $0.count - sent)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          isBroken = true
          throw IsocutError(.inputOutput, "the worker's parent is gone")
        }
        sent += count
      }
    }
  }
}
