import IsocutBackends
import IsocutGraph
import IsocutRuntime

extension PipelineHost {
  /// Runs the linked stages under an open-loop load: a thread pushes each item when it is due, or as
  /// soon as there is room, and this one pops.
  func window(_ load: ArrivalWindow) throws -> Window {
    let pipeline = try makePipeline(recycles: false)
    try pipeline.start()
    defer { pipeline.cancel() }
    // The first item warms what the window before has left cold.
    try PushedItem(work.inputs, inputPlan).push(into: pipeline)
    _ = try pipeline.pop { _ = try $0.outputs() }

    // Time for the pusher to begin.
    let start = MonotonicClock.nanoseconds + 10_000_000
    let due = load.dueNanoseconds.map { start + $0 }
    let end = (due.last ?? start) + load.patienceNanoseconds
    var ended = [Int64?](repeating: nil, count: due.count)
    let (inputs, plan) = (work.inputs, inputPlan)
    let pusher = try JoinableThread(name: "isocut-arrivals", cpus: []) {
      // It was made before, for the first item.
      guard let item = try? PushedItem(inputs, plan) else { return }
      for moment in due {
        MonotonicClock.sleep(until: moment)
        // A pipeline that was cancelled takes no more.
        guard (try? item.push(into: pipeline)) != nil else { return }
      }
    }
    defer {
      pipeline.cancel()
      pusher.join()
    }
    for item in due.indices {
      let left = max(0, end - MonotonicClock.nanoseconds)
      guard
        case .result = try pipeline.pop(timeout: .nanoseconds(left), { _ = try $0.outputs() })
      else { break }
      ended[item] = MonotonicClock.nanoseconds
    }
    return Window(
      load, start: start, due: due, ended: ended, end: max(end, MonotonicClock.nanoseconds))
  }
}
