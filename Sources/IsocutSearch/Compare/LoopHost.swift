import Foundation
import IsocutBackends
import IsocutGraph
import IsocutRuntime

/// Sessions of one model file, called by threads in a loop.
final class LoopHost {
  private let lanes: UnlinkedLanes
  private let callerCount: Int

  init(_ work: HostedCallers, backend: any Backend, inputPlan: InputPlan) throws {
    let artifact = Artifact(
      backend: backend.name, files: [work.file], stages: [], options: work.options)
    let sessions = try work.sessions.map {
      try backend.open(artifact, $0, inputs: work.inputs, outputs: work.outputs)
    }
    callerCount = work.callers.count
    lanes = try UnlinkedLanes(
      callers: work.callers.map {
        PipelineStage.Lane(executor: sessions[$0.session], cpus: $0.cpus)
      }, inputs: work.inputs, outputs: work.outputs, eventCapacity: 1 << 16
    ) { item, inputs in
      for input in inputs { try inputPlan.fill(input, item: item) }
    }
  }

  /// Runs all callers under an open-loop load: each takes the next item as soon as it is free.
  func window(_ load: ArrivalWindow) throws -> Window {
    // The first items warm what the window before has left cold.
    try run(due: Array(repeating: MonotonicClock.nanoseconds, count: callerCount), until: .max)
    let start = MonotonicClock.nanoseconds + 1_000_000
    let due = load.dueNanoseconds.map { start + $0 }
    let end = (due.last ?? start) + load.patienceNanoseconds
    try run(due: due, until: end)
    var ended = [Int64?](repeating: nil, count: due.count)
    for event in lanes.events where event.entered >= start { ended[event.item] = event.ended }
    return Window(
      load, start: start, due: due, ended: ended, end: max(end, MonotonicClock.nanoseconds))
  }

  /// Runs all callers on items that are due then, until a moment at the latest.
  private func run(due: [Int64], until end: Int64) throws {
    let before = lanes.counters.items
    try lanes.start(due: due)
    while lanes.failure == nil, lanes.counters.items - before < due.count,
      MonotonicClock.nanoseconds < end
    { MonotonicClock.sleep(until: MonotonicClock.nanoseconds + 5_000_000) }
    try lanes.stop()
  }

  /// Runs all callers at the same time.
  func window(_ length: WindowLength) throws -> Window {
    try lanes.window(length, laneCounts: [callerCount])[0]
  }
}

extension UnlinkedLanes {
  /// Runs all lanes until the window is over.
  ///
  /// - Parameter laneCounts: how many lanes each stage has.
  /// - Returns: one window a stage; a stage's lanes work at the same time, so their rates add up.
  func window(_ length: WindowLength, laneCounts: [Int]) throws -> [Window] {
    let before = counters
    let start = MonotonicClock.nanoseconds
    try self.start()
    // Sleeps between looks: the thread that waits must not take time from the lanes.
    while failure == nil {
      let slowest = zip(counters.stages, before.stages).map { $0.items - $1.items }.min() ?? 0
      let elapsed = Double(MonotonicClock.nanoseconds - start) * 1e-9
      if length.isOver(seconds: elapsed, items: slowest) { break }
      usleep(5000)
    }
    try stop()
    let after = counters
    let latencies = Dictionary(grouping: events.filter { $0.started >= start }, by: \.stage)
    return after.stages.indices.map { stage in
      let busy = after.stages[stage].busyNanoseconds - before.stages[stage].busyNanoseconds
      return Window(
        items: after.stages[stage].items - before.stages[stage].items,
        seconds: Double(busy) * 1e-9 / Double(max(1, laneCounts[stage])),
        latencies: (latencies[stage] ?? []).map { Double($0.ended - $0.started) * 1e-6 })
    }
  }
}
