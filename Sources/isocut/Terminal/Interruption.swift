import Foundation
import IsocutBackends
import IsocutFormats
import IsocutWorker
import Synchronization

/// Ctrl-C, SIGTERM and SIGHUP (a closed terminal): the first asks the command to end, the second ends
/// it at once. Neither leaves temporary files.
enum Interruption {
  /// As a shell says of a program that SIGINT ended.
  static let exitCode: Int32 = 130

  private struct State {
    var count = 0
    var finishesStep = false
    var cancel: @Sendable () -> Void = {}
  }

  private static let state = Mutex(State())
  private static let hasEnded = Atomic(false)
  /// The handler may only write; a thread reads.
  private static let wakeEnd = Atomic<Int32>(-1)

  static var isRequested: Bool { state.withLock { $0.count > 0 } }

  /// From now on the first only sets `isRequested`: the command looks at it between steps that are
  /// too dear to lose.
  static func finishesStep() { state.withLock { $0.finishesStep = true } }

  /// Begins to listen.
  ///
  /// - Parameter cancel: called at the first signal, from another thread.
  static func listen(cancel: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let readEnd = ends[0]
    wakeEnd.store(ends[1], ordering: .sequentiallyConsistent)
    state.withLock { $0.cancel = cancel }
    let thread = Thread {
      var byte: UInt8 = 0
      while true {
        let count = read(readEnd, &byte, 1)
        if count == 1 { arrived() } else if errno != EINTR { return }
      }
    }
    thread.name = "isocut signals"
    thread.start()
    for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !isIgnored(SIGHUP) {
      signal(number) { _ in
        let before = errno
        var byte: UInt8 = 1
        _ = write(Interruption.wakeEnd.load(ordering: .relaxed), &byte, 1)
        errno = before
      }
    }
  }

  /// As `nohup` leaves SIGHUP, so that the command outlives its terminal.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func arrived() {
    let (count, finishesStep, cancel) = state.withLock { state in
      state.count += 1
      return (state.count, state.finishesStep, state.cancel)
    }
    guard count == 1 else { end(exitCode) }
    let what = finishesStep ? "stopping after the measurement under way" : "stopping"
    Terminal.standardError.write("\n\(what); press Ctrl-C again to stop now\n")
    if !finishesStep { cancel() }
  }

  /// Ends a command that was asked to end, or one that does not look whether it was.
  static func stopNow() -> Never {
    Terminal.standardError.write("stopped; nothing was written\n")
    end(exitCode)
  }

  /// Ends the program at once, without tools, workers, temporary folders or half a result left. Where two
  /// threads ask for it, the first one's code counts.
  static func end(_ code: Int32) -> Never {
    while hasEnded.exchange(true, ordering: .sequentiallyConsistent) { pause() }
    OutputFolder.abandonAll()
    ToolProcess.killAll()
    LocalWorkers.killAll()
    WorkFolder.removeAll()
    _exit(code)
  }
}
