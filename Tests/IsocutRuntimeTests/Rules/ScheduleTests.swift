import IsocutRuntime
import Testing

/// Random schedules over the pure state: whatever lane goes next, the rules must hold.
@Suite struct ScheduleTests {
  @Test(arguments: 0..<30)
  func rulesHoldUnderSeededSchedules(block: Int) throws {
    for seed in (block * 100)..<(block * 100 + 100) {
      var schedule = Schedule(seed: UInt64(seed))
      try schedule.runToEnd()
    }
  }

  @Test func aFullPipelineTakesNoMoreThanItsItems() {
    var state = PipelineState(PipelineRules(lanes: [1, 1], inFlight: 3, recycles: false))
    for _ in 0..<3 { state.push() }
    #expect(state.pushableItem == nil)
    while let lane = (0..<2).first(where: { state.canProceed(lane: $0) }) {
      state.proceed(lane: lane)
    }
    // Results wait in their slots: still no room until one is taken.
    #expect(state.pushableItem == nil)
    state.pop()
    #expect(state.pushableItem == 3)
  }

  @Test func aSlowStageHoldsBackTheOneBeforeIt() {
    var state = PipelineState(
      PipelineRules(lanes: [1, 1], inFlight: 100, queueCapacity: 2, recycles: false))
    for _ in 0..<100 { state.push() }
    while state.canProceed(lane: 0) { state.proceed(lane: 0) }
    // Two wait in the queue, and the third cannot be handed on.
    #expect(state.count(state.rules.finished(.init(stage: 0, lane: 0))) == 2)
    #expect(state.count(state.rules.taken(.init(stage: 0, lane: 0))) == 3)
  }
}

/// One random run, with a shadow of what each item went through.
private struct Schedule {
  private var random: SplitMix
  private var state: PipelineState
  private let pushCount: Int
  private let action: Ending
  private var endingAt: Int
  private var pushed = 0
  private var popped = 0
  /// Stages each item has run through, in the order of its runs.
  private var history: [Int: [Int]] = [:]

  struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  private enum Ending: CaseIterable { case drain, cancel, recycleDrain }

  init(seed: UInt64) {
    var random = SplitMix(state: seed)
    let stages = random.below(4) + 1
    action = Ending.allCases[random.below(3)]
    let rules = PipelineRules(
      lanes: (0..<stages).map { _ in random.below(3) + 1 }, inFlight: random.below(9) + 1,
      queueCapacity: random.below(4) + 1, recycles: action == .recycleDrain)
    state = PipelineState(rules)
    pushCount = random.below(40)
    endingAt = random.below(400) + 1
    self.random = random
  }

  mutating func runToEnd() throws {
    var moves = 0
    while !isOver {
      moves += 1
      if moves == 20_000 { throw Broken("no end in sight: \(state)") }
      if moves == endingAt {
        switch action {
        case .drain, .recycleDrain: state.drain()
        case .cancel: state.cancel()
        }
      }
      let movable = (0..<state.rules.laneCount).filter { state.canProceed(lane: $0) }
      var choices = movable.count
      let canPush = pushed < pushCount && state.pushableItem != nil
      let canPop = state.poppableItem != nil
      choices += (canPush ? 1 : 0) + (canPop ? 1 : 0)
      if choices == 0 {
        // Nothing to do: the pipeline must be empty, not stuck.
        guard popped == pushed && !state.rules.recycles else { throw Broken("deadlock: \(state)") }
        state.drain()
        continue
      }
      let choice = random.below(choices)
      if choice < movable.count {
        try move(lane: movable[choice])
      } else if canPush && choice == movable.count {
        guard state.pushableItem == pushed else { throw Broken("push is not for item \(pushed)") }
        state.push()
        pushed += 1
      } else {
        // Order: results leave by number, and each has been through all stages once.
        guard state.poppableItem == popped, history[popped] == Array(0..<state.rules.stageCount)
        else { throw Broken("item \(popped) leaves out of turn") }
        state.pop()
        popped += 1
      }
      try checkBounds()
    }
    guard !state.isCancelled else { return }
    let items = state.rules.recycles ? state.end ?? 0 : pushed
    #expect(history.count == items)
    for item in 0..<items { #expect(history[item] == Array(0..<state.rules.stageCount)) }
    if !state.rules.recycles { #expect(popped == pushed) }
  }

  private var isOver: Bool {
    state.allLanesHaveEnded && (state.isCancelled || state.rules.recycles || popped == pushed)
  }

  private mutating func move(lane: Int) throws {
    let id = state.rules.allLanes[lane]
    if case .run(let item) = state.step(ofLane: lane), !state.isCancelled {
      guard history[item, default: []] == Array(0..<id.stage) else {
        throw Broken("item \(item) comes to stage \(id.stage) out of turn")
      }
      history[item, default: []].append(id.stage)
    }
    state.proceed(lane: lane)
  }

  private func checkBounds() throws {
    let rules = state.rules
    func sum(_ cursor: (PipelineRules.LaneID) -> PipelineRules.Cursor, _ stage: Int) -> Int {
      (0..<rules.lanes[stage]).reduce(0) {
        $0 + state.count(cursor(PipelineRules.LaneID(stage: stage, lane: $1)))
      }
    }
    let last = rules.stageCount - 1
    let inside =
      rules.recycles
      ? sum(rules.taken, 0) - state.count(rules.released)
      : state.count(rules.entered) - state.count(rules.released)
    guard inside <= rules.inFlight else { throw Broken("\(inside) items are inside") }
    for stage in 0..<last {
      // The queue's bound holds for consecutive items; lanes beside each other may finish early.
      let waiting = sum(rules.finished, stage) - sum(rules.taken, stage + 1)
      guard waiting <= rules.queueCapacity + rules.lanes[stage + 1] - 1 else {
        throw Broken("\(waiting) items wait before stage \(stage + 1)")
      }
    }
  }
}

private struct SplitMix {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}
