internal import IsocutGraph
internal import Synchronization

extension Backend {
  /// Runs a stage again and again with all its lanes busy.
  ///
  /// The first lane runs in the calling thread, which is pinned meanwhile, so that a sample goes to
  /// `observe` without a hand-off; each further lane has a pinned thread that loops until the
  /// first one ends. A sample is the milliseconds per item: the first lane's latency divided by the
  /// number of lanes. All lanes have run at least once before the first sample.
  ///
  /// - Throws: what opening, binding, filling and running throw, in whichever lane.
  package func measureByRunning(
    _ artifact: Artifact, _ load: Load, observe: (Double) -> Bool
  ) throws {
    guard let first = load.lanes.first else {
      throw IsocutError(.usage, "a stage is measured on at least one lane; the load names none")
    }
    let executors = try openLanes(
      artifact, load.lanes, inputs: load.inputs, outputs: load.outputs)
    let lanes = try executors.enumerated().map { index, executor in
      try MeasuredLane(executor, load, item: index)
    }
    let others = OtherLanes()
    defer { others.stop() }
    for (index, lane) in lanes.enumerated().dropFirst() {
      try others.start(
        lane, name: "isocut-measure-\(index)", cpus: Array(load.lanes[index].cpus.prefix(1)))
    }
    try CPUAffinity.withCurrentThreadPinned(to: Array(first.cpus.prefix(1))) {
      repeat { try lanes[0].binding.run() } while try !others.areAllBusy
      let share = 1e-6 / Double(lanes.count)
      while true {
        let start = MonotonicClock.nanoseconds
        try lanes[0].binding.run()
        let end = MonotonicClock.nanoseconds
        try others.rethrow()
        guard observe(Double(end - start) * share) else { return }
      }
    }
  }
}

/// One lane's item: buffers filled by the input plan, bound once.
private struct MeasuredLane: Sendable {
  let binding: any Binding
  /// A binding may know its buffers by address only.
  private let buffers: [TensorBuffer]

  init(_ executor: any Executor, _ load: Load, item: Int) throws {
    let inputs = executor.inputs.map(TensorBuffer.init)
    let outputs = executor.outputs.map(TensorBuffer.init)
    for input in inputs { try load.inputPlan.fill(input, item: item) }
    binding = try executor.bind(inputs: inputs, outputs: outputs)
    buffers = inputs + outputs
  }
}

/// The lanes beside the measured one: they keep its neighbours busy. Owned by the measuring thread.
private final class OtherLanes {
  private let state = State()
  private var threads: [JoinableThread] = []

  func start(_ lane: MeasuredLane, name: String, cpus: [Int]) throws {
    let state = state
    threads.append(
      try JoinableThread(name: name, cpus: cpus) {
        do {
          try lane.binding.run()
          state.busyCount.add(1, ordering: .releasing)
          while !state.mustStop.load(ordering: .relaxed) { try lane.binding.run() }
        } catch {
          state.failure.withLock { if $0 == nil { $0 = error } }
          state.hasFailed.store(true, ordering: .releasing)
        }
      })
  }

  /// True once every lane has run; throws the error of one that failed.
  var areAllBusy: Bool {
    get throws {
      try rethrow()
      return state.busyCount.load(ordering: .acquiring) == threads.count
    }
  }

  func rethrow() throws {
    guard state.hasFailed.load(ordering: .acquiring) else { return }
    if let error = state.failure.withLock({ $0 }) { throw error }
  }

  func stop() {
    state.mustStop.store(true, ordering: .relaxed)
    for thread in threads { thread.join() }
  }

  private final class State: Sendable {
    let mustStop = Atomic(false)
    let hasFailed = Atomic(false)
    let busyCount = Atomic(0)
    let failure = Mutex<(any Error)?>(nil)
  }
}
