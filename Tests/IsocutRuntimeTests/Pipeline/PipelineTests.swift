import IsocutBackends
import IsocutGraph
import IsocutRuntime
import Testing

/// Real threads, made-up stages.
@Suite struct PipelineTests {
  @Test(arguments: [[1], [1, 1], [1, 1, 1, 1], [2, 1], [1, 3], [3, 2, 1]])
  func resultsLeaveInOrderAndEqualTheStagesOneByOne(lanes: [Int]) throws {
    let chain = try Chain(lanes: lanes)
    let pipeline = try chain.pipeline()
    try pipeline.start()
    let count = 500
    let pusher = try pushing(count, into: pipeline, chain)
    for item in 0..<count {
      let popped = try pipeline.pop { result in
        #expect(result.item == item)
        let outputs = try result.outputs().map { Array($0.bytes) }
        let expected = try chain.expected(item)
        #expect(outputs == expected)
      }
      try #require(popped.value != nil)
    }
    pusher.join()
    pipeline.drain()
    #expect(pipeline.counters.items == count)
    let late = try pipeline.pop { $0.item }
    #expect(late.value == nil)
  }

  @Test func aFailedItemCarriesItsErrorAndStallsNobody() throws {
    let chain = try Chain(lanes: [1, 1, 1], failing: 1)
    let pipeline = try chain.pipeline()
    try pipeline.start()
    let pusher = try pushing(60, into: pipeline, chain)
    for item in 0..<60 {
      let popped = try pipeline.pop { result in
        if item % 3 == 2 {
          let error = try #require(result.failure as? IsocutError)
          #expect(error.message == "third call")
          #expect(throws: IsocutError.self) { _ = try result.outputs() }
        } else {
          let outputs = try result.outputs().map { Array($0.bytes) }
          let expected = try chain.expected(item)
          #expect(outputs == expected)
        }
      }
      try #require(popped.value != nil)
    }
    pusher.join()
    pipeline.drain()
    #expect(pipeline.counters.stages.map(\.failedItems) == [0, 20, 20])
    // Stages behind the failing one have not run those items.
    #expect(chain.callCounts == [60, 60, 40])
  }

  @Test func aFullPipelineReportsFullAndDrainsWithoutAPopper() throws {
    let chain = try Chain(lanes: [1, 1])
    let pipeline = try chain.pipeline(PipelineOptions(inFlight: 4))
    try pipeline.start()
    for item in 0..<4 {
      let pushed = try pipeline.tryPush { chain.fill($0, item) }
      #expect(pushed == item)
    }
    let refused = try pipeline.tryPush { chain.fill($0, 4) }
    #expect(refused == nil)
    pipeline.drain()
    #expect(throws: IsocutError.self) { try pipeline.push { _ in } }
    for item in 0..<4 {
      let popped = try pipeline.pop { $0.item }
      #expect(popped.value == item)
    }
    guard case .ended = try pipeline.pop({ _ in }) else {
      Issue.record("a drained and emptied pipeline has no more results")
      return
    }
    #expect(pipeline.events.map(\.item) == [0, 0, 1, 1, 2, 2, 3, 3])
  }

  @Test func drainTurnsABlockedPusherAway() throws {
    let chain = try Chain(lanes: [1])
    let pipeline = try chain.pipeline(PipelineOptions(inFlight: 1))
    try pipeline.start()
    try pipeline.push { chain.fill($0, 0) }
    let pusher = try JoinableThread(name: "pusher", cpus: []) {
      let error = #expect(throws: IsocutError.self) { try pipeline.push { chain.fill($0, 1) } }
      #expect(error?.code == .interrupted)
    }
    pipeline.drain()
    pusher.join()
    let popped = try pipeline.pop { $0.item }
    #expect(popped.value == 0)
  }

  @Test func popTimesOutAndCancelEndsWaiters() throws {
    let chain = try Chain(lanes: [1, 1])
    let pipeline = try chain.pipeline()
    try pipeline.start()
    guard case .timedOut = try pipeline.pop(timeout: .milliseconds(1), { _ in }) else {
      Issue.record("nothing was pushed, so pop must time out")
      return
    }
    let popper = try JoinableThread(name: "popper", cpus: []) {
      #expect(throws: Never.self) {
        let item = try pipeline.pop { $0.item }.value
        #expect(item == nil)
      }
    }
    pipeline.cancel()
    popper.join()
  }

  @Test(arguments: [[1, 1], [2, 1, 2]])
  func aRecyclingPipelineRunsByItselfUntilDrained(lanes: [Int]) throws {
    let chain = try Chain(lanes: lanes)
    let pipeline = try chain.pipeline(PipelineOptions(recycles: true))
    try pipeline.fillInputs { slot, inputs in chain.fill(inputs, slot) }
    try pipeline.start()
    waitUntil(pipeline.counters.items >= 200)
    pipeline.drain()
    let counters = pipeline.counters
    #expect(Set(counters.stages.map(\.items)).count == 1)
    #expect(counters.items >= 200)
    #expect(throws: IsocutError.self) { try pipeline.push { _ in } }
  }

  @Test func anItemLimitEndsARecyclingPipeline() throws {
    let chain = try Chain(lanes: [1, 2])
    let pipeline = try chain.pipeline(PipelineOptions(recycles: true, itemLimit: 333))
    try pipeline.start()
    waitUntil(pipeline.counters.items >= 333)
    pipeline.drain()
    #expect(pipeline.counters.stages.map(\.items) == [333, 333])
  }

  @Test func aTensorThatSkipsAStageTravelsAlong() throws {
    let input = TensorSpec(name: "x", elementType: .int64, shape: [16])
    let made = ["a", "b", "c"].map { TensorSpec(name: $0, elementType: .float32, shape: [32]) }
    func stage(_ name: String, _ inputs: [TensorSpec], _ outputs: [TensorSpec]) -> PipelineStage {
      let executor = NullExecutor(
        named: name, inputs: inputs, outputs: outputs, milliseconds: 0)
      return PipelineStage(
        name: name, lanes: [.init(executor: executor, cpus: [])], inputs: inputs,
        outputs: outputs)
    }
    let stages = [
      stage("s0", [input], [made[0]]), stage("s1", [made[0]], [made[1]]),
      stage("s2", [made[0], made[1], input], [made[2]]),
    ]
    let chain = try Chain(stages: stages, inputs: [input], outputs: [made[2], made[0], input])
    let pipeline = try chain.pipeline()
    try pipeline.start()
    let pusher = try pushing(50, into: pipeline, chain)
    for item in 0..<50 {
      let bytes = try pipeline.pop { try $0.outputs().map { Array($0.bytes) } }.value
      let expected = try chain.expected(item)
      #expect(bytes == expected)
    }
    pusher.join()
  }

  @Test func stagesThatDoNotFitAreRefused() throws {
    let chain = try Chain(lanes: [1, 1])
    let error = #expect(throws: IsocutError.self) {
      _ = try Pipeline(
        stages: chain.stages.reversed(), inputs: chain.inputs, outputs: chain.outputs)
    }
    #expect(error?.code == .badData)
    #expect(error?.message.contains("needs tensor t0, which nothing before it makes") == true)
  }

  private func pushing(
    _ count: Int, into pipeline: Pipeline, _ chain: Chain
  ) throws -> JoinableThread {
    try JoinableThread(name: "pusher", cpus: []) {
      #expect(throws: Never.self) {
        for item in 0..<count { try pipeline.push { chain.fill($0, item) } }
      }
    }
  }
}
