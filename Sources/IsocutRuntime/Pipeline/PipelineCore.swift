internal import IsocutBackends
internal import IsocutGraph
internal import Synchronization

/// What the lanes' threads and the outside share: items, bindings, cursors and logs.
final class PipelineCore: Sendable {
  let rules: PipelineRules
  let layout: TensorLayout
  let items: [PipelineItem]
  let cursors: CursorTable
  /// One for each lane of all stages.
  let logs: [LaneLog]
  let spinNanoseconds: Int64
  /// By lane, then by slot; nil where an item never comes to that lane.
  private let bindings: [[(any Binding)?]]

  init(
    stages: [PipelineStage], inputs: [TensorSpec], outputs: [TensorSpec], options: PipelineOptions
  ) throws {
    guard !stages.isEmpty, stages.allSatisfy({ !$0.lanes.isEmpty }) else {
      throw IsocutError(.usage, "a pipeline needs at least one stage, and a stage one lane")
    }
    let rules = PipelineRules(
      lanes: stages.map(\.lanes.count), inFlight: options.inFlight,
      queueCapacity: options.queueCapacity, recycles: options.recycles)
    let layout = try TensorLayout(stages: stages, inputs: inputs, outputs: outputs)
    let items = (0..<rules.inFlight).map { _ in PipelineItem(layout) }
    bindings = try rules.allLanes.map { id in
      let executor = stages[id.stage].lanes[id.lane].executor
      let visited = Set(rules.slots(visiting: id))
      return try items.indices.map { slot in
        guard visited.contains(slot) else { return nil }
        return try items[slot].bind(executor, stage: id.stage, layout)
      }
    }
    cursors = CursorTable(rules)
    if options.recycles, let limit = options.itemLimit {
      cursors.end.store(max(0, limit), ordering: .relaxed)
    }
    logs = rules.allLanes.map { _ in LaneLog(eventCapacity: options.eventCapacity) }
    spinNanoseconds = options.spin.nanoseconds(laneCPUs: stages.flatMap { $0.lanes.map(\.cpus) })
    self.rules = rules
    self.layout = layout
    self.items = items
  }

  /// The life of one lane's thread.
  func run(_ lane: PipelineRules.LaneID) {
    var program = LaneProgram(rules, lane)
    let log = logs[rules.number(lane)]
    let taken = rules.taken(lane)
    let finished = rules.finished(lane)
    let decidesEnd = rules.decidesEnd(lane)
    let releases = rules.releases(lane)
    let supplied = rules.recycles && lane.stage == 0
    var handedOn = 0
    var event = StageEvent(
      stage: lane.stage, lane: lane.lane, item: 0, entered: 0,
      ready: MonotonicClock.nanoseconds, started: 0, ended: 0, handedOn: 0)
    while true {
      switch program.step {
      case .awaitArrival(let item, let gate):
        event.item = item
        let outcome = wait(gate, item, .lane(decidesEnd: decidesEnd), since: event.ready)
        guard let arrived = outcome else { return }
        event.started = arrived
        cursors.raise(taken, to: handedOn + 1)
      case .run(let item):
        let slot = rules.slot(of: item)
        if supplied {
          items[slot].failure = nil
          items[slot].enteredNanoseconds = event.started
        }
        event.entered = items[slot].enteredNanoseconds
        if items[slot].failure == nil {
          do {
            try bindings[rules.number(lane)][slot]?.run()
          } catch {
            items[slot].failure = error
          }
        }
        event.ended = MonotonicClock.nanoseconds
      case .awaitRoom(let item, let gate):
        guard let room = wait(gate, item, .holder, since: event.ended) else { return }
        event.handedOn = room
      case .handOn(let item):
        let isFailed = items[rules.slot(of: item)].failure != nil
        log.record(event, failed: isFailed, waitsForRoomBehind: supplied)
        handedOn += 1
        cursors.raise(finished, to: handedOn)
        if releases { cursors.releaseFinished() }
        event.ready = event.handedOn
      }
      program.proceed()
    }
  }

  /// Waits for a gate. Returns when it opened, `since` where it was open; nil where the lane ends.
  private func wait(
    _ gate: PipelineRules.Gate?, _ item: Int, _ waiter: CursorTable.Waiter, since: Int64
  ) -> Int64? {
    switch cursors.look(gate, item: item, waiter) {
    case .open: return since
    case .some: return nil
    case nil: break
    }
    let outcome = cursors.wait(for: gate, item: item, waiter, spin: spinNanoseconds)
    return outcome == .open ? MonotonicClock.nanoseconds : nil
  }

  var counters: PipelineCounters {
    var stages = Array(repeating: StageCounters(), count: rules.stageCount)
    for lane in rules.allLanes { stages[lane.stage] += logs[rules.number(lane)].counters }
    let last = rules.allLanes.filter { $0.stage == rules.stageCount - 1 }
    return PipelineCounters(
      stages: stages, items: stages.last?.items ?? 0, nanoseconds: MonotonicClock.nanoseconds,
      lastFinishedNanoseconds: last.map { logs[rules.number($0)].lastFinishedNanoseconds }.max()
        ?? 0)
  }
}

extension PipelineRules {
  /// The slots whose items come to a lane: items are dealt out to slots and to lanes in turn, so
  /// these are the slots congruent to the lane modulo the greatest common divisor of both numbers.
  func slots(visiting lane: LaneID) -> [Int] {
    var (divisor, rest) = (inFlight, lanes[lane.stage])
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    return (0..<inFlight).filter { $0 % divisor == lane.lane % divisor }
  }
}
