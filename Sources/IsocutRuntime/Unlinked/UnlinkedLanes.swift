public import IsocutBackends
public import IsocutGraph
internal import Synchronization

/// Lanes that loop at the same time, each on items of its own, with no hand-off between them.
///
/// With the stages of a plan these rates say what a pipeline without any hand-off would reach; with
/// one executor and several callers, or with several whole models, they are a pipeline's rivals.
/// Counters are those of a pipeline, one stage each.
public final class UnlinkedLanes: Sendable {
  private let loops: [Loop]
  private let state = State()
  private let threads = Mutex<[JoinableThread]>([])

  /// What the threads share; they must not keep their owner alive.
  private final class State: Sendable {
    let mustStop = Atomic(false)
    let failure = Mutex<(any Error)?>(nil)

    func run(_ loop: Loop, _ due: DueTimes?) {
      var event = StageEvent(
        stage: loop.stage, lane: loop.lane, item: 0, entered: 0, ready: 0,
        started: MonotonicClock.nanoseconds, ended: 0, handedOn: 0)
      var turn = 0
      while !mustStop.load(ordering: .relaxed) {
        if let due {
          guard let (item, moment) = due.take(), wait(until: moment) else { return }
          (event.item, event.entered) = (item, moment)
          event.started = MonotonicClock.nanoseconds
        } else {
          event.entered = event.started
        }
        do {
          try loop.bindings[turn].run()
        } catch {
          failure.withLock { if $0 == nil { $0 = error } }
          mustStop.store(true, ordering: .relaxed)
          return
        }
        event.ready = event.started
        event.ended = MonotonicClock.nanoseconds
        event.handedOn = event.ended
        loop.log.record(event, failed: false, waitsForRoomBehind: false)
        event.item += 1
        event.started = event.ended
        turn = turn + 1 == loop.bindings.count ? 0 : turn + 1
      }
    }

    /// - Returns: false where the lanes are stopped before.
    private func wait(until moment: Int64) -> Bool {
      while !mustStop.load(ordering: .relaxed) {
        let now = MonotonicClock.nanoseconds
        guard now < moment else { return true }
        MonotonicClock.sleep(until: min(moment, now + 20_000_000))
      }
      return false
    }
  }

  /// Items that all lanes take from, the earliest first.
  private final class DueTimes: Sendable {
    private let moments: [Int64]
    private let taken = Atomic(0)

    init(_ moments: [Int64]) { self.moments = moments }

    func take() -> (item: Int, moment: Int64)? {
      let item = taken.add(1, ordering: .relaxed).oldValue
      return item < moments.count ? (item, moments[item]) : nil
    }
  }

  /// One thread's work: it runs its bindings in turn.
  private struct Loop: Sendable {
    var stage: Int
    var lane: Int
    var cpus: [Int]
    var bindings: [any Binding]
    /// A binding may know its buffers by address only.
    var items: [PipelineItem]
    var log: LaneLog
  }

  /// All stages of a plan. Each lane has items of its own, whose tensors hold what the stages before
  /// it really give: those stages run once on each item, in the calling thread.
  ///
  /// - Parameters:
  ///   - itemsPerLane: items a lane takes in turn; a pipeline's lane meets about two.
  ///   - fill: writes the model's inputs of an item.
  /// - Throws: as `Pipeline.init`; what `fill` and the stages throw.
  public init(
    stages: [PipelineStage], inputs: [TensorSpec], outputs: [TensorSpec], itemsPerLane: Int = 2,
    eventCapacity: Int = 4096, fill: (_ item: Int, _ inputs: [TensorBuffer]) throws -> Void
  ) throws {
    let layout = try TensorLayout(stages: stages, inputs: inputs, outputs: outputs)
    var loops: [Loop] = []
    var itemCount = 0
    for (index, stage) in stages.enumerated() {
      for (number, lane) in stage.lanes.enumerated() {
        var loop = Loop(
          stage: index, lane: number, cpus: lane.cpus, bindings: [], items: [],
          log: LaneLog(eventCapacity: eventCapacity))
        for _ in 0..<max(1, itemsPerLane) {
          let item = PipelineItem(layout)
          try fill(itemCount, item.inputs)
          for (earlier, stage) in stages[..<index].enumerated() {
            guard let lane = stage.lanes.first else { continue }
            try item.bind(lane.executor, stage: earlier, layout).run()
          }
          loop.bindings.append(try item.bind(lane.executor, stage: index, layout))
          loop.items.append(item)
          itemCount += 1
        }
        loops.append(loop)
      }
    }
    self.loops = loops
  }

  /// Callers of whole models: each has a thread and items of its own. Executors may be one shared
  /// session, or an instance each.
  public convenience init(
    callers: [PipelineStage.Lane], inputs: [TensorSpec], outputs: [TensorSpec],
    itemsPerLane: Int = 2, eventCapacity: Int = 4096,
    fill: (_ item: Int, _ inputs: [TensorBuffer]) throws -> Void
  ) throws {
    try self.init(
      stages: [PipelineStage(name: "whole", lanes: callers, inputs: inputs, outputs: outputs)],
      inputs: inputs, outputs: outputs, itemsPerLane: itemsPerLane, eventCapacity: eventCapacity,
      fill: fill)
  }

  deinit { endThreads() }

  /// Starts one pinned thread a lane.
  ///
  /// - Parameter due: when items are due, in ascending nanoseconds of the monotonic clock. The lanes
  ///   take them in this order, each the next one as soon as it is free, and end after the last; an
  ///   event's `entered` is when its item was due. Nil: the lanes loop until they are stopped.
  /// - Throws: `IsocutError` `.infeasible` where a core may not be used, `.usage` while it runs.
  public func start(due: [Int64]? = nil) throws {
    let due = due.map(DueTimes.init)
    try threads.withLock { threads in
      guard threads.isEmpty else { throw IsocutError(.usage, "these lanes are running already") }
      state.mustStop.store(false, ordering: .relaxed)
      do {
        for loop in loops {
          threads.append(
            try JoinableThread(
              name: LaneThread.name(stage: loop.stage, lane: loop.lane),
              cpus: Array(loop.cpus.prefix(1))
            ) { [state] in state.run(loop, due) })
        }
      } catch {
        state.mustStop.store(true, ordering: .relaxed)
        for thread in threads { thread.join() }
        threads = []
        throw error
      }
    }
  }

  /// Ends the threads after the calls under way; they may be started again.
  ///
  /// - Throws: the first error that a lane met; it stopped them all.
  public func stop() throws {
    endThreads()
    if let failure { throw failure }
  }

  /// The first error that a lane met; all lanes end with it.
  public var failure: (any Error)? { state.failure.withLock { $0 } }

  /// What has been done so far; may be asked at any time. `items` counts the last stage's.
  public var counters: PipelineCounters {
    let stageCount = (loops.map(\.stage).max() ?? -1) + 1
    var stages = Array(repeating: StageCounters(), count: stageCount)
    for loop in loops { stages[loop.stage] += loop.log.counters }
    return PipelineCounters(
      stages: stages, items: stages.last?.items ?? 0, nanoseconds: MonotonicClock.nanoseconds,
      lastFinishedNanoseconds: loops.filter { $0.stage == stageCount - 1 }
        .map(\.log.lastFinishedNanoseconds).max() ?? 0)
  }

  /// The latest events of all lanes; empty while they run.
  public var events: [StageEvent] {
    threads.withLock { threads in
      threads.isEmpty ? loops.flatMap(\.log.latestEvents) : []
    }
  }

  private func endThreads() {
    state.mustStop.store(true, ordering: .relaxed)
    threads.withLock { threads in
      for thread in threads { thread.join() }
      threads = []
    }
  }
}
