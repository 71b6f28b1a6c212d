internal import Synchronization

/// What one lane has done: sums that may be read at any time, and its latest events.
///
/// `@unchecked Sendable`: the atomics have one writer, the lane's thread; `events` belongs to that
/// thread until it is joined.
final class LaneLog: @unchecked Sendable {
  private let items = Atomic(0)
  private let failed = Atomic(0)
  private let busy = Atomic<Int64>(0)
  private let starved = Atomic<Int64>(0)
  private let blocked = Atomic<Int64>(0)
  private let finished = Atomic<Int64>(0)
  /// Keeps the sums of two lanes off one cache line.
  private let padding: InlineArray<16, Int64> = InlineArray(repeating: 0)

  private let events: UnsafeMutableBufferPointer<StageEvent>
  private var eventCount = 0

  init(eventCapacity: Int) {
    events = .allocate(capacity: max(0, eventCapacity))
  }

  deinit { events.deallocate() }

  /// Notes one item. Called by the lane's thread only.
  func record(_ event: StageEvent, failed isFailed: Bool, waitsForRoomBehind: Bool) {
    let wait = event.started - event.ready
    let room = event.handedOn - event.ended
    Self.add(event.ended - event.started, to: busy)
    Self.add(waitsForRoomBehind ? 0 : wait, to: starved)
    Self.add(room + (waitsForRoomBehind ? wait : 0), to: blocked)
    if isFailed { failed.store(failed.load(ordering: .relaxed) + 1, ordering: .relaxed) }
    if events.count > 0 {
      (events.baseAddress! + eventCount % events.count).initialize(to: event)
    }
    eventCount += 1
    finished.store(event.handedOn, ordering: .relaxed)
    items.store(eventCount, ordering: .releasing)
  }

  var counters: StageCounters {
    var sum = StageCounters()
    sum.items = items.load(ordering: .acquiring)
    sum.failedItems = failed.load(ordering: .relaxed)
    sum.busyNanoseconds = busy.load(ordering: .relaxed)
    sum.starvedNanoseconds = starved.load(ordering: .relaxed)
    sum.blockedNanoseconds = blocked.load(ordering: .relaxed)
    return sum
  }

  var lastFinishedNanoseconds: Int64 { finished.load(ordering: .relaxed) }

  /// The latest events, oldest first. Only once the lane's thread is joined.
  var latestEvents: [StageEvent] {
    guard eventCount > events.count else { return Array(events.prefix(eventCount)) }
    guard events.count > 0 else { return [] }
    let oldest = eventCount % events.count
    return Array(events[oldest...]) + Array(events[..<oldest])
  }

  private static func add(_ amount: Int64, to sum: borrowing Atomic<Int64>) {
    sum.store(sum.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }
}

extension StageCounters {
  static func += (sum: inout StageCounters, part: StageCounters) {
    sum.items += part.items
    sum.failedItems += part.failedItems
    sum.busyNanoseconds += part.busyNanoseconds
    sum.starvedNanoseconds += part.starvedNanoseconds
    sum.blockedNanoseconds += part.blockedNanoseconds
  }
}
