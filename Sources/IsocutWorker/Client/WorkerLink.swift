import CIsocutLinux
import Foundation
import Glibc
import IsocutGraph
import Synchronization

/// A child process and the pipes to it. Made and used by one thread: the kernel kills the child when
/// the *thread* that started it ends, so that thread must live as long as the link.
///
/// Started by an own `vfork` and not by swift-subprocess: there, a child lives inside the scope of
/// one call, starts from a thread of a pool (whose end would kill it), and nothing can be set between
/// fork and exec (the death signal, SIGINT ignored so that Ctrl-C lets a measurement finish).
final class WorkerLink {
  private let command: WorkerCommandLine
  private let process: pid_t
  private let input: OwnedDescriptor
  private let output: OwnedDescriptor
  private let error: OwnedDescriptor
  private var reader = MessageReader()
  private var tail = OutputTail()
  private var chunk = [UInt8](repeating: 0, count: 1 << 18)
  private var end: ProcessEnd?
  private let kernelKills = OutOfMemoryKiller.count()

  /// Starts the process.
  ///
  /// - Throws: `IsocutError` `.unavailable` where the program cannot be started.
  init(_ command: WorkerCommandLine) throws {
    self.command = command
    let path = try command.programPath()
    let toChild = try Pipe()
    let fromChild = try Pipe()
    let errors = try Pipe()
    var child: pid_t = 0
    let failure = withCStrings(command.words) { words in
      withCStrings(Self.environment()) { environment in
        cisocut_process_spawn(
          path, words, environment, toChild.read.number, fromChild.write.number,
          errors.write.number, false, &child)
      }
    }
    guard failure == 0 else {
      throw IsocutError(
        .unavailable,
        "cannot start the worker \(command.words.joined(separator: " ")): "
          + SystemError(number: failure).description)
    }
    process = child
    LocalWorkers.living.withLock { _ = $0.insert(child) }
    (input, output, error) = (toChild.write, fromChild.read, errors.read)
    for descriptor in [input, output, error] { descriptor.makeNonBlocking() }
  }

  /// The backtracer would hold a crashed worker for 60 ms and print pages.
  private static func environment() -> [String] {
    var variables = ProcessInfo.processInfo.environment
    variables["SWIFT_BACKTRACE"] = "enable=no"
    return variables.map { "\($0.key)=\($0.value)" }
  }

  deinit {
    if end == nil { kill() }
  }

  /// Sends a request and waits for its end.
  ///
  /// - Parameters:
  ///   - wake: becomes readable when `isCancelled` should be asked.
  /// - Throws: `WorkerFailure`; `IsocutError` as the worker's verb threw it, or where a blob's file
  ///   cannot be read; `CancellationError`. After any but the verb's own error the process is dead.
  func exchange(
    _ request: WorkerCall, wake: borrowing WakePipe, isCancelled: () -> Bool
  ) throws -> WorkerMessage {
    let clock = ContinuousClock()
    let deadline = request.timeout.map { clock.now.advanced(by: $0) }
    var outgoing = try Outgoing(request.outgoing())
    do {
      while true {
        if let answer = try nextAnswer(to: request) {
          guard answer.kind == .failure else { return answer }
          throw try answer.head(as: RemoteError.self).restored
        }
        if isCancelled() { throw CancellationError() }
        let left = deadline.map { clock.now.duration(to: $0) }
        if let left, left <= .zero {
          kill()
          throw failure(.timedOut(request.timeout ?? .zero), request)
        }
        try wait(for: &outgoing, wake: wake, atMost: left, request)
      }
    } catch let error as IsocutError where outgoing.isSent {
      throw error
    } catch {
      kill()
      throw error
    }
  }

  /// Frames already received that belong to the request; its events are handed out on the way.
  private func nextAnswer(to request: WorkerCall) throws -> WorkerMessage? {
    do {
      while let message = try reader.next() {
        guard message.id == request.id, message.kind != .request else {
          throw FrameError.malformed("an answer to request \(message.id), which is not under way")
        }
        guard message.kind == .event else { return message }
        request.onEvent?(message)
      }
      return nil
    } catch let error as FrameError {
      kill()
      throw failure(.protocolError(error.description), request)
    }
  }

  private func wait(
    for outgoing: inout Outgoing, wake: borrowing WakePipe, atMost left: Duration?,
    _ request: WorkerCall
  ) throws {
    var polls = [
      pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: error.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    if !outgoing.isSent {
      polls.append(pollfd(fd: input.number, events: Int16(POLLOUT), revents: 0))
    }
    if tailEnded { polls[1].fd = -1 }
    let milliseconds = left.map { Int32(min(60_000, ($0 / .milliseconds(1)).rounded(.up))) } ?? -1
    guard poll(&polls, nfds_t(polls.count), milliseconds) > 0 else { return }
    if polls[1].revents != 0 { readErrors() }
    if polls[2].revents != 0 { wake.clear() }
    if !outgoing.isSent, polls[3].revents != 0 { try outgoing.write(to: input) }
    if polls[0].revents != 0, try !readFrames() {
      let complete = Result { () throws(FrameError) in try reader.finish() }
      readErrors()
      let ended = waitForEnd()
      if case .failure(let error) = complete, ended == .exited(0) {
        throw failure(.protocolError(error.description), request)
      }
      throw failure(
        ended.reason(
          isRemote: command.isRemote, kernelKilled: OutOfMemoryKiller.count() > kernelKills),
        request)
    }
  }

  private var tailEnded = false

  /// Returns false at the end of the stream.
  private func readFrames() throws -> Bool {
    let count = read(output.number, &chunk, chunk.count)
    if count > 0 { reader.append(chunk[..<count]) }
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
  }

  private func readErrors() {
    while true {
      let count = read(error.number, &chunk, chunk.count)
      guard count > 0 else {
        if count == 0 { tailEnded = true }
        return
      }
      tail.append(chunk[..<count])
    }
  }

  private func failure(_ reason: WorkerFailure.Reason, _ request: WorkerCall) -> WorkerFailure {
    var lines = tail.lines(6)
    var thread: String?
    if let last = lines.last, last.hasPrefix(CISOCUT_CRASHED_THREAD) {
      thread = String(last.dropFirst(CISOCUT_CRASHED_THREAD.count))
      lines.removeLast()
    }
    return WorkerFailure(
      reason, verb: request.verb.name, lastLines: lines.suffix(5), thread: thread)
  }

  /// Waits until there is something to do, keeping the worker's error pipe empty.
  func idle(wake: borrowing WakePipe) {
    var polls = [
      pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: tailEnded ? -1 : error.number, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&polls, nfds_t(polls.count), -1) > 0 else { return }
    if polls[0].revents != 0 { wake.clear() }
    if polls[1].revents != 0 { readErrors() }
  }

  /// Asks the worker to end by closing its input; kills it where it does not within a second.
  func stop() {
    input.close()
    _ = waitForEnd()
  }

  func kill() {
    guard end == nil else { return }
    Glibc.kill(process, SIGKILL)
    _ = waitForEnd()
  }

  /// Collects the child, which is about to end, and kills it after a second.
  private func waitForEnd() -> ProcessEnd {
    if let end { return end }
    var status: Int32 = 0
    for attempt in 0..<2000 {
      let found = waitpid(process, &status, WNOHANG)
      if found == process || (found < 0 && errno != EINTR) { break }
      if attempt == 1000 { Glibc.kill(process, SIGKILL) }
      usleep(1000)
    }
    if !command.isRemote { WorkFolder.removeAll(ofProcess: process) }
    LocalWorkers.living.withLock { _ = $0.remove(process) }
    let found = ProcessEnd(waitStatus: status)
    end = found
    return found
  }
}

/// Frames on their way into a pipe that takes only as much as fits.
private struct Outgoing {
  private var message: OutgoingMessage
  private var frame: [UInt8] = []
  private var sent = 0
  private(set) var isSent = false

  init(_ message: OutgoingMessage) throws {
    self.message = message
    try advance()
  }

  private mutating func advance() throws {
    sent = 0
    if let next = try message.nextFrame() { frame = next } else { isSent = true }
  }

  /// Writes what fits. A worker that does not read any more shows itself at its output.
  mutating func write(to descriptor: OwnedDescriptor) throws {
    let count = frame.withUnsafeBytes {
      Glibc.write(descriptor.number, $0.baseAddress.map { $0 + sent }, $0.count - sent)
    }
    if count > 0 {
      sent += count
      if sent == frame.count { try advance() }
    } else if errno != EAGAIN, errno != EINTR {
      isSent = true
    }
  }
}

private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
