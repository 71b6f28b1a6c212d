import Foundation
import IsocutBackends
import IsocutGraph
import IsocutRuntime

/// A plan's pipeline, loaded once and run in windows.
///
/// Each window makes its own pipeline of the loaded stages, so that between windows no thread of it
/// exists that could disturb another configuration.
final class PipelineHost {
  let work: HostedPipeline
  let inputPlan: InputPlan
  private let stages: [PipelineStage]
  /// All stages without hand-off; made at the first unlinked window.
  private var unlinked: UnlinkedLanes?

  /// - Parameter doing: told of each step before it begins.
  init(
    _ work: HostedPipeline, backend: any Backend, inputPlan: InputPlan,
    doing: (HostActivity) -> Void
  ) throws {
    self.work = work
    self.inputPlan = inputPlan
    stages = try work.stages.enumerated().map { index, stage in
      doing(HostActivity("loading stage \(index)"))
      return try PipelineStage.open(stage, index: index, backend: backend, options: work.options)
    }
  }

  /// Runs the linked stages.
  func window(_ length: WindowLength) throws -> Window {
    try work.isPushed ? pushedWindow(length) : recyclingWindow(length)
  }

  /// Runs all lanes of all stages at the same time on items of their own, nothing handed over.
  ///
  /// - Returns: a window for each stage.
  func unlinkedWindows(_ length: WindowLength) throws -> [Window] {
    let lanes =
      try unlinked
      ?? UnlinkedLanes(stages: stages, inputs: work.inputs, outputs: work.outputs) { item, inputs in
        for input in inputs { try inputPlan.fill(input, item: item) }
      }
    unlinked = lanes
    return try lanes.window(length, laneCounts: stages.map(\.lanes.count))
  }

  /// Items go round by themselves: no thread but the stages' lanes runs.
  private func recyclingWindow(_ length: WindowLength) throws -> Window {
    let pipeline = try makePipeline(recycles: true)
    try pipeline.fillInputs { slot, inputs in
      for input in inputs { try inputPlan.fill(input, item: slot) }
    }
    try pipeline.start()
    defer { pipeline.cancel() }
    // The first items fill the pipeline; the window begins when it is full.
    let begin = Self.wait(for: pipeline) { $0.items >= self.work.inFlight }
    let start = MonotonicClock.nanoseconds
    let end = Self.wait(for: pipeline) {
      length.isOver(
        seconds: Double(MonotonicClock.nanoseconds - start) * 1e-9, items: $0.items - begin.items)
    }
    pipeline.cancel()
    if let failed = end.stages.firstIndex(where: { $0.failedItems > 0 }) {
      throw try failure(ofStage: failed)
    }
    return Self.window(of: pipeline, from: begin, to: end)
  }

  /// Items that go round keep no error; the same item from outside brings it out.
  private func failure(ofStage stage: Int) throws -> IsocutError {
    let pipeline = try makePipeline(recycles: false)
    try pipeline.start()
    defer { pipeline.cancel() }
    let message = "stage \(stage) failed while the pipeline ran"
    do {
      try pipeline.push { inputs in
        for input in inputs { try inputPlan.fill(input, item: 0) }
      }
      _ = try pipeline.pop { _ = try $0.outputs() }
    } catch let error as IsocutError {
      return IsocutError(error.code, message, cause: error)
    }
    return IsocutError(.badData, "\(message), and did not when it was tried again")
  }

  /// A thread from outside pushes items in and pops them.
  private func pushedWindow(_ length: WindowLength) throws -> Window {
    let pipeline = try makePipeline(recycles: false)
    let item = try PushedItem(work.inputs, inputPlan)
    try pipeline.start()
    defer { pipeline.cancel() }
    func pop() throws { _ = try pipeline.pop { _ = try $0.outputs() } }
    for _ in 0..<work.inFlight { try item.push(into: pipeline) }
    for _ in 0..<work.inFlight {
      try pop()
      try item.push(into: pipeline)
    }
    let begin = pipeline.counters
    let start = MonotonicClock.nanoseconds
    var items = 0
    while !length.isOver(
      seconds: Double(MonotonicClock.nanoseconds - start) * 1e-9, items: items)
    {
      try pop()
      try item.push(into: pipeline)
      items += 1
    }
    let end = pipeline.counters
    pipeline.drain()
    return Self.window(of: pipeline, from: begin, to: end)
  }

  func makePipeline(recycles: Bool) throws -> Pipeline {
    try Pipeline(
      stages: stages, inputs: work.inputs, outputs: work.outputs,
      options: PipelineOptions(
        inFlight: work.inFlight, recycles: recycles, eventCapacity: 1 << 16))
  }

  /// Sleeps between looks: the thread that waits must not take time from the stages.
  private static func wait(
    for pipeline: Pipeline, until isReached: (PipelineCounters) -> Bool
  ) -> PipelineCounters {
    while true {
      let counters = pipeline.counters
      if isReached(counters) || counters.stages.contains(where: { $0.failedItems > 0 }) {
        return counters
      }
      usleep(5000)
    }
  }

  private static func window(
    of pipeline: Pipeline, from begin: PipelineCounters, to end: PipelineCounters
  ) -> Window {
    let elapsed = end.lastFinishedNanoseconds - begin.lastFinishedNanoseconds
    let last = end.stages.count - 1
    let latencies = pipeline.events.filter {
      $0.stage == last && $0.ended > begin.lastFinishedNanoseconds
        && $0.ended <= end.lastFinishedNanoseconds
    }.map { Double($0.ended - $0.entered) * 1e-6 }
    let shares = zip(begin.stages, end.stages).map { begin, end in
      let busy = Double(end.busyNanoseconds - begin.busyNanoseconds)
      let starved = Double(end.starvedNanoseconds - begin.starvedNanoseconds)
      let blocked = Double(end.blockedNanoseconds - begin.blockedNanoseconds)
      let all = max(busy + starved + blocked, 1)
      return Window.StageShare(
        busy: busy / all, starved: starved / all, blocked: blocked / all)
    }
    return Window(
      items: end.items - begin.items, seconds: Double(elapsed) * 1e-9, latencies: latencies,
      stages: shares)
  }
}

/// The inputs of an item that a thread from outside copies into a pipeline.
struct PushedItem {
  private let inputs: [TensorBuffer]

  init(_ specs: [TensorSpec], _ plan: InputPlan) throws {
    inputs = try specs.map { spec in
      let buffer = TensorBuffer(spec)
      try plan.fill(buffer, item: 0)
      return buffer
    }
  }

  /// Waits while the pipeline is full.
  func push(into pipeline: Pipeline) throws {
    try pipeline.push { tensors in
      for (tensor, input) in zip(tensors, inputs) {
        tensor.bytes.copyMemory(from: UnsafeRawBufferPointer(input.bytes))
      }
    }
  }
}

extension PipelineStage {
  /// Loads a stage on its device: one executor a lane, or one for all where lanes may share it.
  static func open(
    _ stage: HostedPipeline.Stage, index: Int, backend: any Backend, options: RunOptions
  ) throws -> PipelineStage {
    let artifact = Artifact(
      backend: backend.name, files: [stage.file], stages: [index], options: options)
    let device = stage.device
    let placements = device.placements
    let executors: [any Executor]
    do {
      executors = try backend.openLanes(
        artifact, placements, inputs: stage.inputs, outputs: stage.outputs)
    } catch let error as IsocutError {
      throw IsocutError(error.code, "cannot load stage \(index), \(stage.file)", cause: error)
    }
    return PipelineStage(
      name: String(index),
      lanes: zip(executors, placements).map { Lane(executor: $0, cpus: $1.cpus) },
      inputs: stage.inputs, outputs: stage.outputs)
  }
}
