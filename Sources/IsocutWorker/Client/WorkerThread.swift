import Foundation
import Glibc
import Synchronization

/// The thread that owns a worker's process and pipes, and the queue of calls to it.
final class WorkerThread: Sendable {
  typealias Answer = CheckedContinuation<WorkerMessage, any Error>

  private struct State {
    var calls: [(call: WorkerCall, answer: Answer)] = []
    var cancelled: Set<UInt64> = []
    var stopWaiters: [CheckedContinuation<Void, Never>] = []
    var isStopping = false
    var hasEnded = false
    var nextID: UInt64 = 0
  }

  private let state = Mutex(State())
  private let wake: WakePipe

  init(_ command: WorkerCommandLine) throws {
    wake = try WakePipe()
    signal(SIGPIPE, SIG_IGN)  // a worker that died while it is written to is an error, not our end
    let thread = Thread { self.run(command) }
    thread.name = "isocut worker"
    thread.start()
  }

  func nextID() -> UInt64 {
    state.withLock {
      $0.nextID += 1
      return $0.nextID
    }
  }

  /// Calls are answered in the order they come, one at a time.
  func submit(_ call: WorkerCall, _ answer: Answer) {
    let isTaken = state.withLock { state in
      guard !state.isStopping else { return false }
      state.calls.append((call, answer))
      return true
    }
    guard isTaken else {
      answer.resume(throwing: WorkerFailure(.ended(status: 0), verb: call.verb.name))
      return
    }
    wake.wake()
  }

  func cancel(_ id: UInt64) {
    state.withLock { _ = $0.cancelled.insert(id) }
    wake.wake()
  }

  /// Ends the worker after the calls before; without a waiter, in the background.
  func stop(_ waiter: CheckedContinuation<Void, Never>? = nil) {
    let isOver = state.withLock { state in
      state.isStopping = true
      if state.hasEnded { return true }
      if let waiter { state.stopWaiters.append(waiter) }
      return false
    }
    if isOver { waiter?.resume() } else { wake.wake() }
  }

  private enum Step {
    case call(WorkerCall, Answer)
    case idle
    case end
  }

  private func run(_ command: WorkerCommandLine) {
    var link = Result { try WorkerLink(command) }
    loop: while true {
      switch nextStep() {
      case .call(let call, let answer):
        let result = link.flatMap { link in Result { try exchange(call, link) } }
        if case .failure(let error) = result, error is WorkerFailure || error is CancellationError {
          // Later calls learn why there is no worker.
          link = .failure(error)
        }
        answer.resume(with: result)
      case .idle:
        if case .success(let link) = link { link.idle(wake: wake) } else { waitForWake() }
      case .end:
        if case .success(let link) = link { link.stop() }
        break loop
      }
    }
    let waiters = state.withLock { state in
      state.hasEnded = true
      return state.stopWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private func exchange(_ call: WorkerCall, _ link: WorkerLink) throws -> WorkerMessage {
    try link.exchange(call, wake: wake) {
      state.withLock { $0.cancelled.contains(call.id) }
    }
  }

  private func nextStep() -> Step {
    state.withLock { state in
      if !state.calls.isEmpty {
        let (call, answer) = state.calls.removeFirst()
        return .call(call, answer)
      }
      return state.isStopping ? .end : .idle
    }
  }

  private func waitForWake() {
    var poll = pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)
    _ = Glibc.poll(&poll, 1, -1)
    wake.clear()
  }
}
