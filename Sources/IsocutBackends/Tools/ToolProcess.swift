import CIsocutLinux
import Glibc
import IsocutGraph
import Synchronization

/// Runs a vendor's tool and waits for its end, in the calling thread.
///
/// No shell stands between. The tool gets no input; it is killed when the time is up, when
/// `isCancelled` says so, and by the kernel when this thread or process ends.
package enum ToolProcess {
  /// Those that run, each the leader of its group.
  private static let living = Mutex<Set<pid_t>>([])

  /// Kills all and what they started, for a process that is about to end at once.
  package static func killAll() {
    living.withLock { for process in $0 { kill(-process, SIGKILL) } }
  }

  /// How often the tool's end and cancelling are looked for, in milliseconds.
  private static let interval: Int32 = 20

  /// - Parameters:
  ///   - words: the tool's path and its arguments.
  ///   - environment: all variables it gets.
  /// - Throws: `IsocutError` `.unavailable` where the tool cannot be started; `CancellationError`.
  static func run(
    _ words: [String], environment: [String: String], timeout: Duration,
    isCancelled: () -> Bool = { false }
  ) throws -> ToolRun {
    let (output, errors) = (try OutputPipe(), try OutputPipe())
    let process = try start(
      words, environment: environment, output: output, errors: errors)
    defer { living.withLock { _ = $0.remove(process) } }
    output.closeWriteEnd()
    errors.closeWriteEnd()
    let end = try waitForEnd(
      of: process, reading: [output, errors], timeout: timeout, isCancelled: isCancelled)
    return ToolRun(end: end, standardOutput: output.text, standardError: errors.text)
  }

  private static func start(
    _ words: [String], environment: [String: String], output: OutputPipe, errors: OutputPipe
  ) throws -> pid_t {
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { if null >= 0 { close(null) } }
    let variables = environment.map { "\($0.key)=\($0.value)" }
    var process: pid_t = 0
    let failure = withCStrings(words) { arguments in
      withCStrings(variables) { environment in
        cisocut_process_spawn(
          arguments[0], arguments, environment, null, output.writeEnd, errors.writeEnd, true,
          &process)
      }
    }
    guard failure == 0 else {
      throw IsocutError(
        .unavailable,
        "cannot start \(words.joined(separator: " ")): \(SystemError(number: failure))")
    }
    living.withLock { _ = $0.insert(process) }
    return process
  }

  private static func waitForEnd(
    of process: pid_t, reading pipes: [OutputPipe], timeout: Duration, isCancelled: () -> Bool
  ) throws -> ToolRun.End {
    let deadline = ContinuousClock.now + timeout
    var status: Int32 = 0
    while true {
      // A pipe at its end would wake this thread again and again.
      var polls = pipes.map {
        pollfd(fd: $0.isAtEnd ? -1 : $0.readEnd, events: Int16(POLLIN), revents: 0)
      }
      _ = poll(&polls, nfds_t(polls.count), interval)
      for pipe in pipes { pipe.read() }
      if waitpid(process, &status, WNOHANG) == process {
        // What a grandchild still writes is not waited for.
        for pipe in pipes { pipe.read() }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
      }
      let isLate = ContinuousClock.now >= deadline
      guard isLate || isCancelled() else { continue }
      // With it goes what it started: vendors' tools are often scripts around the real one.
      kill(-process, SIGKILL)
      waitpid(process, &status, 0)
      guard isLate else { throw CancellationError() }
      return .timedOut(timeout)
    }
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[strings.count] = nil
    defer {
      for index in strings.indices { free(pointers[index]) }
      pointers.deallocate()
    }
    return body(pointers)
  }
}
