public import IsocutBackends
public import IsocutGraph
internal import Synchronization

/// A running plan: stages in their own pinned threads, several items inside at the same time.
///
/// Items leave in the order they entered. An item that meets an error carries it to its own output,
/// skips the later stages and stalls nobody. All calls block the calling thread at most until the
/// pipeline moves; they belong on a thread of the caller, never on Swift's cooperative pool. Any
/// number of threads may push and pop.
///
///     let pipeline = try Pipeline(stages: stages, inputs: inputs, outputs: outputs)
///     try pipeline.start()
///     try pipeline.push { tensors in tensors[0].bytes.copyMemory(from: image) }
///     let result = try pipeline.pop { try $0.outputs().map { Array($0.bytes) } }
///     pipeline.drain()
public final class Pipeline: Sendable {
  private let core: PipelineCore
  private let stages: [PipelineStage]
  private let threads = Mutex<Threads>(.idle)
  /// The next item to give; the lock makes pushers take turns.
  private let pushing = Mutex(0)
  /// The next item to take; the lock makes poppers take turns.
  private let popping = Mutex(0)

  private enum Threads {
    case idle
    case running([JoinableThread])
    case ended
  }

  /// Allocates all items and binds each stage to each item that comes to it.
  ///
  /// - Parameters:
  ///   - inputs: the model's inputs, in the order `push` shows them.
  ///   - outputs: the model's outputs, in the order `pop` shows them.
  /// - Throws: `IsocutError` `.usage` without a stage or lane, `.badData` where stages do not fit
  ///   together; what binding throws.
  public init(
    stages: [PipelineStage], inputs: [TensorSpec], outputs: [TensorSpec],
    options: PipelineOptions = PipelineOptions()
  ) throws {
    core = try PipelineCore(stages: stages, inputs: inputs, outputs: outputs, options: options)
    self.stages = stages
  }

  deinit { cancel() }

  /// Items that may be inside at the same time.
  public var inFlight: Int { core.rules.inFlight }

  /// Fills the inputs of all slots, which a recycling pipeline reads again and again. Before `start`.
  ///
  /// - Throws: `IsocutError` `.usage` once the pipeline runs; what `fill` throws.
  public func fillInputs(_ fill: (_ slot: Int, _ inputs: [TensorBuffer]) throws -> Void) throws {
    try threads.withLock { threads in
      guard case .idle = threads else {
        throw IsocutError(.usage, "inputs are filled before the pipeline starts")
      }
      for (slot, item) in core.items.enumerated() {
        try fill(slot, item.inputs)
      }
    }
  }

  /// Starts one thread a lane, named `isocut-STAGE.LANE`.
  ///
  /// - Throws: `IsocutError` `.usage` when it was started before, `.infeasible` where a core may not
  ///   be used; then no thread is left.
  public func start() throws {
    try threads.withLock { threads in
      guard case .idle = threads else {
        throw IsocutError(.usage, "a pipeline is started once; make another one")
      }
      threads = .ended
      var started: [JoinableThread] = []
      do {
        for id in core.rules.allLanes {
          let cpus = stages[id.stage].lanes[id.lane].cpus
          started.append(
            try JoinableThread(
              name: LaneThread.name(stage: id.stage, lane: id.lane), cpus: Array(cpus.prefix(1))
            ) {
              [core] in core.run(id)
            })
        }
      } catch {
        stop()
        for thread in started { thread.join() }
        throw error
      }
      threads = .running(started)
    }
  }

  /// Gives an item, and waits while the pipeline is full.
  ///
  /// - Parameter fill: writes the inputs; where it throws, no item was given.
  /// - Returns: the item's number, counted from 0.
  /// - Throws: `IsocutError` `.interrupted` once the pipeline drains or is cancelled, `.usage` where
  ///   it recycles; what `fill` throws.
  @discardableResult
  public func push(_ fill: ([TensorBuffer]) throws -> Void) throws -> Int {
    try pushing.withLock { next in
      try requireOutside()
      let outcome = core.cursors.wait(
        for: core.rules.vacancy(for: next), item: next, .pusher, spin: 0)
      return try give(&next, outcome, fill)
    }
  }

  /// Gives an item unless the pipeline is full, or another thread is giving one.
  ///
  /// - Returns: the item's number, or nil where nothing was given.
  /// - Throws: as `push`.
  public func tryPush(_ fill: ([TensorBuffer]) throws -> Void) throws -> Int? {
    let number: Int?? = try pushing.withLockIfAvailable { next in
      try requireOutside()
      guard
        let outcome = core.cursors.look(core.rules.vacancy(for: next), item: next, .pusher)
      else { return nil }
      return try give(&next, outcome, fill)
    }
    return number ?? nil
  }

  /// Takes the next result, and waits until it is there.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait; nil waits until the result is there or the pipeline has ended.
  ///   - body: reads the result; its memory is the pipeline's again when `body` returns.
  /// - Throws: `IsocutError` `.usage` where the pipeline recycles; what `body` throws.
  public func pop<Value>(
    timeout: Duration? = nil, _ body: (PipelineResult) throws -> Value
  ) throws -> Popped<Value> {
    let deadline = timeout.map { MonotonicClock.nanoseconds + $0.wholeNanoseconds }
    return try popping.withLock { next in
      try requireOutside()
      let outcome = core.cursors.wait(
        for: core.rules.result(of: next), item: next, .popper, spin: 0, deadline: deadline)
      switch outcome {
      case .timedOut: return .timedOut
      case .ended, .cancelled: return .ended
      case .open: break
      }
      let item = core.items[core.rules.slot(of: next)]
      let result = PipelineResult(
        item: next, failure: item.failure, enteredNanoseconds: item.enteredNanoseconds,
        tensors: item.outputs)
      defer {
        next += 1
        core.cursors.raise(core.rules.released, to: next)
      }
      return .result(try body(result))
    }
  }

  /// Takes no more items, waits until those inside have run, and ends the threads. Results that were
  /// not popped yet may be popped afterwards.
  ///
  /// Ends once the engine calls under way return. Not to be called from within `push` or `pop`.
  public func drain() {
    core.cursors.isDraining.store(true, ordering: .sequentiallyConsistent)
    core.cursors.wakeAll()
    if !core.rules.recycles {
      pushing.withLock { entered in
        core.cursors.end.store(entered, ordering: .sequentiallyConsistent)
      }
      core.cursors.wakeAll()
    }
    join()
  }

  /// Stops after the engine calls under way; items inside are lost. Ends once those calls return.
  public func cancel() {
    stop()
    join()
  }

  /// What has been done so far; may be asked at any time.
  public var counters: PipelineCounters { core.counters }

  /// The latest events of all lanes, by item and stage; empty until the pipeline has ended.
  public var events: [StageEvent] {
    threads.withLock { threads in
      guard case .ended = threads else { return [] }
      return core.logs.flatMap(\.latestEvents).sorted { ($0.item, $0.stage) < ($1.item, $1.stage) }
    }
  }

  private func requireOutside() throws {
    guard core.rules.recycles else { return }
    throw IsocutError(.usage, "a recycling pipeline has its own items; nothing is pushed or popped")
  }

  private func give(
    _ next: inout Int, _ outcome: CursorTable.Outcome, _ fill: ([TensorBuffer]) throws -> Void
  ) throws -> Int {
    guard outcome == .open else {
      throw IsocutError(.interrupted, "the pipeline has ended and takes no more items")
    }
    let item = core.items[core.rules.slot(of: next)]
    try fill(item.inputs)
    item.failure = nil
    item.enteredNanoseconds = MonotonicClock.nanoseconds
    next += 1
    core.cursors.raise(core.rules.entered, to: next)
    return next - 1
  }

  private func stop() {
    core.cursors.isCancelled.store(true, ordering: .sequentiallyConsistent)
    core.cursors.wakeAll()
  }

  private func join() {
    threads.withLock { threads in
      switch threads {
      case .running(let running): for thread in running { thread.join() }
      // Never started: what was pushed can never come out.
      case .idle: stop()
      case .ended: break
      }
      threads = .ended
    }
  }
}

/// What `pop` gives.
public enum Popped<Value> {
  case result(Value)
  case timedOut
  /// All items have left, or the pipeline was cancelled.
  case ended

  /// The result, or nil.
  public var value: Value? {
    if case .result(let value) = self { value } else { nil }
  }
}

extension Popped: Sendable where Value: Sendable {}

extension Duration {
  fileprivate var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let limit = Int64.max / 4_000_000_000
    return min(max(0, seconds), limit) * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
