import IsocutBackends
import IsocutGraph
import IsocutRuntime
import Testing

@Suite struct UnlinkedLanesTests {
  @Test func stagesLoopOnTheirOwnAndCountAlike() throws {
    let chain = try Chain(lanes: [1, 2])
    let lanes = try UnlinkedLanes(
      stages: chain.stages, inputs: chain.inputs, outputs: chain.outputs
    ) { item, inputs in chain.fill(inputs, item) }
    try lanes.start()
    waitUntil(lanes.counters.stages.allSatisfy { $0.items >= 20 })
    try lanes.stop()
    let counters = lanes.counters
    #expect(counters.stages.allSatisfy { $0.busyNanoseconds > 0 && $0.starvedNanoseconds == 0 })
    #expect(counters.items == counters.stages[1].items)
    #expect(Set(lanes.events.map(\.stage)) == [0, 1])
  }

  @Test func itemsThatAreDueAreTakenOnceEachAndNotBefore() throws {
    let chain = try Chain(lanes: [2])
    let lanes = try UnlinkedLanes(
      stages: chain.stages, inputs: chain.inputs, outputs: chain.outputs
    ) { item, inputs in chain.fill(inputs, item) }
    for _ in 0..<2 {
      let start = MonotonicClock.nanoseconds
      let before = lanes.counters.items
      let due = (0..<40).map { start + Int64($0) * 500_000 }
      try lanes.start(due: due)
      waitUntil(lanes.counters.items - before >= due.count)
      try lanes.stop()
      let events = lanes.events.filter { $0.entered >= start }
      #expect(events.map(\.item).sorted() == Array(0..<40))
      #expect(events.allSatisfy { $0.entered == due[$0.item] && $0.started >= $0.entered })
    }
  }

  @Test func lanesThatWaitForAnItemCanBeStopped() throws {
    let chain = try Chain(lanes: [1])
    let lanes = try UnlinkedLanes(
      stages: chain.stages, inputs: chain.inputs, outputs: chain.outputs
    ) { item, inputs in chain.fill(inputs, item) }
    try lanes.start(due: [.max / 2])
    try lanes.stop()
    #expect(lanes.counters.items == 0)
  }

  @Test func aLaneThatFailsStopsAllAndSaysWhy() throws {
    let chain = try Chain(lanes: [1])
    let failing = NullExecutor(
      named: "stage 0", inputs: chain.inputs, outputs: chain.outputs, milliseconds: 0,
      options: NullOptions(fault: .init(.fail, onCall: 5)))
    let lanes = try UnlinkedLanes(
      callers: [.init(executor: failing, cpus: []), .init(executor: failing, cpus: [])],
      inputs: chain.inputs, outputs: chain.outputs
    ) { _, _ in }
    try lanes.start()
    waitUntil(lanes.failure != nil)
    let error = #expect(throws: IsocutError.self) { try lanes.stop() }
    #expect(error?.message.hasPrefix("the null backend fails call") == true)
  }
}
