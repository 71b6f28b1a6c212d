internal import CIsocutLinux
internal import Glibc
internal import IsocutGraph
internal import Synchronization

/// A named system thread of its own, pinned to cores, that somebody joins.
///
/// Engine calls block for milliseconds, so they never run on Swift's cooperative pool. The handle
/// cannot be copied: a thread is joined once, or left to itself when the handle goes.
package struct PinnedThread: ~Copyable {
  private let handle: UInt64

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - name: what debuggers and `top -H` show; the system keeps its first 15 bytes.
  ///   - cpus: core ids the thread may run on; empty leaves it where its creator may run.
  /// - Throws: `IsocutError` `.infeasible` where a core does not exist or may not be used,
  ///   `.unavailable` where the system gives no thread.
  package init(
    name: String, cpus: [Int], body: sending @escaping () -> Void
  ) throws {
    let box = Unmanaged.passRetained(BodyBox(body))
    var started: UInt64 = 0
    let error = cisocut_thread_start(
      &started, name, cpus.map(Int32.init(clamping:)), Int32(cpus.count),
      { argument in
        guard let argument else { return nil }
        Unmanaged<BodyBox>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    guard error == 0 else {
      box.release()
      throw Self.failure(error, name: name, cpus: cpus)
    }
    handle = started
  }

  deinit { _ = cisocut_thread_detach(handle) }

  /// Waits until the thread ends.
  package consuming func join() {
    _ = cisocut_thread_join(handle)
    discard self
  }

  private static func failure(_ error: Int32, name: String, cpus: [Int]) -> IsocutError {
    guard error == EINVAL, !cpus.isEmpty else {
      return IsocutError(
        .unavailable,
        "the system gives no thread for \(name) (errno \(error)); lower the number of threads")
    }
    return CPUAffinity.refusal(of: cpus)
  }
}

/// What a new thread runs; one reference travels through C.
private final class BodyBox {
  let body: () -> Void
  init(_ body: sending @escaping () -> Void) { self.body = body }
}

/// A thread among several, for owners that keep them in an array.
package final class JoinableThread: Sendable {
  private let thread: Mutex<PinnedThread?>

  package init(
    name: String, cpus: [Int], body: sending @escaping () -> Void
  ) throws {
    thread = Mutex(try PinnedThread(name: name, cpus: cpus, body: body))
  }

  /// Waits until the thread ends; a second call returns at once.
  package func join() {
    guard let taken = thread.withLock({ $0.take() }) else { return }
    taken.join()
  }
}
