internal import CIsocutLinux
internal import IsocutBackends
internal import Synchronization

/// The cursors of a running pipeline and the waiting for them: first spinning, then asleep.
///
/// Each cursor has a cache line pair of its own, and one writer (but for `releaseFinished`). A waiter that goes to sleep
/// announces itself, looks again and sleeps on the cursor's bell; a writer stores the count and rings
/// where somebody is announced. Both sides are sequentially consistent, so one of them sees the other.
///
/// `@unchecked Sendable`: the memory holds atomics only and lives as long as the table.
final class CursorTable: @unchecked Sendable {
  /// The number of items there will be; `Int.max` while that is open.
  let end = Atomic(Int.max)
  let isDraining = Atomic(false)
  let isCancelled = Atomic(false)

  private let rules: PipelineRules
  private let lines: UnsafeMutableRawPointer
  /// Two cache lines: the core fetches lines in pairs.
  private static let lineBytes = 128
  private static let sleepersOffset = 8
  private static let bellOffset = 12

  init(_ rules: PipelineRules) {
    self.rules = rules
    lines = .allocate(
      byteCount: rules.cursorCount * Self.lineBytes, alignment: Self.lineBytes)
    for index in 0..<rules.cursorCount {
      let line = lines + index * Self.lineBytes
      line.bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(0))
      (line + Self.sleepersOffset).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        .initialize(to: Atomic(0))
      (line + Self.bellOffset).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        .initialize(to: Atomic(0))
    }
  }

  deinit { lines.deallocate() }

  func count(_ cursor: PipelineRules.Cursor) -> Int {
    counter(cursor).pointee.load(ordering: .acquiring)
  }

  /// Sets a cursor, which only its writer may do, and wakes who sleeps for it.
  func raise(_ cursor: PipelineRules.Cursor, to count: Int) {
    counter(cursor).pointee.store(count, ordering: .sequentiallyConsistent)
    if sleepers(cursor).pointee.load(ordering: .sequentiallyConsistent) > 0 { ring(cursor) }
  }

  /// Raises `released` over all items whose results are there. Any lane that may release calls this
  /// after it has raised its own cursor: the last of several then sees the items of all.
  func releaseFinished() {
    let released = counter(rules.released)
    var next = released.pointee.load(ordering: .sequentiallyConsistent)
    var hasMoved = false
    while true {
      let gate = rules.result(of: next)
      guard counter(gate.cursor).pointee.load(ordering: .sequentiallyConsistent) >= gate.count
      else { break }
      let (isMine, seen) = released.pointee.compareExchange(
        expected: next, desired: next + 1, ordering: .sequentiallyConsistent)
      hasMoved = hasMoved || isMine
      next = isMine ? next + 1 : seen
    }
    if hasMoved, sleepers(rules.released).pointee.load(ordering: .sequentiallyConsistent) > 0 {
      ring(rules.released)
    }
  }

  /// Wakes all sleepers so that they see a changed end, drain or cancel.
  func wakeAll() {
    for index in 0..<rules.cursorCount { ring(PipelineRules.Cursor(index: index)) }
  }

  enum Outcome { case open, ended, cancelled, timedOut }

  /// Who waits decides what ends the wait.
  enum Waiter {
    /// A lane before its next item; `decidesEnd` as in the rules.
    case lane(decidesEnd: Bool)
    /// A lane that holds an item and must hand it on.
    case holder
    /// Somebody outside who gives an item: a drain turns them away.
    case pusher
    /// Somebody outside who takes a result.
    case popper
  }

  /// What a waiter for `gate` finds now; nil where it must wait.
  func look(_ gate: PipelineRules.Gate?, item: Int, _ waiter: Waiter) -> Outcome? {
    if isCancelled.load(ordering: .acquiring) { return .cancelled }
    let isOpen =
      gate.map { counter($0.cursor).pointee.load(ordering: .sequentiallyConsistent) >= $0.count }
      ?? true
    switch waiter {
    case .holder: return isOpen ? .open : nil
    case .pusher:
      if isDraining.load(ordering: .acquiring) { return .ended }
      return isOpen ? .open : nil
    case .lane(let decidesEnd):
      if decidesEnd, isDraining.load(ordering: .acquiring) { decideEnd(at: item) }
      // After the gate: an item behind the end can arrive only when the end is visible.
      if end.load(ordering: .acquiring) <= item { return .ended }
      return isOpen ? .open : nil
    case .popper:
      if isOpen { return .open }
      return end.load(ordering: .acquiring) <= item ? .ended : nil
    }
  }

  /// Waits until a gate opens or the wait has another end.
  ///
  /// - Parameters:
  ///   - spin: nanoseconds to spin before going to sleep.
  ///   - deadline: on ``MonotonicClock``; nil waits without limit.
  func wait(
    for gate: PipelineRules.Gate?, item: Int, _ waiter: Waiter, spin: Int64,
    deadline: Int64? = nil
  ) -> Outcome {
    if let outcome = look(gate, item: item, waiter) { return outcome }
    guard let gate else { return .open }
    if spin > 0 {
      let limit = MonotonicClock.nanoseconds + spin
      repeat {
        for _ in 0..<8 {
          cisocut_pause()
          if let outcome = look(gate, item: item, waiter) { return outcome }
        }
      } while MonotonicClock.nanoseconds < limit
    }
    let announced = sleepers(gate.cursor)
    let bell = bell(gate.cursor)
    announced.pointee.add(1, ordering: .sequentiallyConsistent)
    defer { announced.pointee.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let seen = bell.pointee.load(ordering: .sequentiallyConsistent)
      if let outcome = look(gate, item: item, waiter) { return outcome }
      var rest: Int64 = -1
      if let deadline {
        rest = deadline - MonotonicClock.nanoseconds
        if rest <= 0 { return .timedOut }
      }
      _ = cisocut_futex_wait(bell, seen, rest)
    }
  }

  private func decideEnd(at item: Int) {
    guard end.load(ordering: .relaxed) == Int.max else { return }
    end.store(rules.end(decidedAt: item), ordering: .sequentiallyConsistent)
    wakeAll()
  }

  private func ring(_ cursor: PipelineRules.Cursor) {
    let bell = bell(cursor)
    bell.pointee.add(1, ordering: .sequentiallyConsistent)
    _ = cisocut_futex_wake(bell, Int32.max)
  }

  private func counter(_ cursor: PipelineRules.Cursor) -> UnsafeMutablePointer<Atomic<Int>> {
    (lines + cursor.index * Self.lineBytes).assumingMemoryBound(to: Atomic<Int>.self)
  }

  private func sleepers(_ cursor: PipelineRules.Cursor) -> UnsafeMutablePointer<Atomic<UInt32>> {
    (lines + cursor.index * Self.lineBytes + Self.sleepersOffset)
      .assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  private func bell(_ cursor: PipelineRules.Cursor) -> UnsafeMutablePointer<Atomic<UInt32>> {
    (lines + cursor.index * Self.lineBytes + Self.bellOffset)
      .assumingMemoryBound(to: Atomic<UInt32>.self)
  }
}
