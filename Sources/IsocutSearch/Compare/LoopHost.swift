import Foundation
import IsocutBackends
import IsocutGraph
import Synchronization

/// Sessions of one model file, called by threads in a loop.
final class LoopHost {
  private let loops: [Loop]

  init(_ work: HostedCallers, backend: any Backend, inputPlan: InputPlan) throws {
    let artifact = Artifact(
      backend: backend.name, files: [work.file], stages: [], options: work.options)
    let sessions = try work.sessions.map {
      try backend.open(artifact, $0, inputs: work.inputs, outputs: work.outputs)
    }
    loops = try work.callers.enumerated().map { index, caller in
      try Loop(sessions[caller.session], cpus: caller.cpus, item: index, inputPlan: inputPlan)
    }
  }

  /// Runs all callers at the same time.
  func window(_ length: WindowLength) throws -> Window {
    let results = try Loop.run(loops, length)
    return Window(
      items: results.reduce(0) { $0 + $1.items },
      // Each caller has its own first and last item; rates add up.
      seconds: Loop.commonSeconds(results), latencies: results.flatMap(\.latencies))
  }
}

/// One binding that one thread runs again and again.
struct Loop: Sendable {
  private let binding: any Binding
  /// A binding may know its buffers by address only.
  private let buffers: [TensorBuffer]
  private let cpus: [Int]

  init(_ executor: any Executor, cpus: [Int], item: Int, inputPlan: InputPlan) throws {
    let inputs = executor.inputs.map(TensorBuffer.init)
    let outputs = executor.outputs.map(TensorBuffer.init)
    for input in inputs { try inputPlan.fill(input, item: item) }
    binding = try executor.bind(inputs: inputs, outputs: outputs)
    buffers = inputs + outputs
    self.cpus = Array(cpus.prefix(1))
  }

  /// What one thread did.
  struct Result: Sendable {
    var items = 0
    var nanoseconds: Int64 = 0
    var latencies: [Double] = []
  }

  /// Runs loops at the same time, each in a thread of its own, until the window is over.
  ///
  /// - Returns: one result a loop; its time goes from its first start to its last end.
  static func run(_ loops: [Loop], _ length: WindowLength) throws -> [Result] {
    let course = Course(count: loops.count)
    var threads: [JoinableThread] = []
    func stop() {
      course.mustStop.store(true, ordering: .relaxed)
      for thread in threads { thread.join() }
    }
    do {
      for (index, loop) in loops.enumerated() {
        threads.append(
          try JoinableThread(name: "isocut-loop-\(index)", cpus: loop.cpus) {
            loop.run(course, index)
          })
      }
    } catch {
      stop()
      throw error
    }
    let start = MonotonicClock.nanoseconds
    while !length.isOver(
      seconds: Double(MonotonicClock.nanoseconds - start) * 1e-9,
      items: course.items.load(ordering: .relaxed)), !course.hasFailed.load(ordering: .acquiring)
    {
      usleep(5000)
    }
    stop()
    return try course.results.withLock { state in
      if let failure = state.failure { throw failure }
      return state.results
    }
  }

  /// The time in which the sum of all rates would have made the sum of all items.
  static func commonSeconds(_ results: [Result]) -> Double {
    let rate = results.reduce(0.0) {
      $0 + ($1.nanoseconds > 0 ? Double($1.items) / Double($1.nanoseconds) : 0)
    }
    return rate > 0 ? Double(results.reduce(0) { $0 + $1.items }) / rate * 1e-9 : 0
  }

  private func run(_ course: Course, _ index: Int) {
    var result = Result()
    result.latencies.reserveCapacity(1 << 16)
    do {
      let begin = MonotonicClock.nanoseconds
      var start = begin
      repeat {
        try binding.run()
        let end = MonotonicClock.nanoseconds
        if result.latencies.count < 1 << 16 {
          result.latencies.append(Double(end - start) * 1e-6)
        }
        result.items += 1
        course.items.add(1, ordering: .relaxed)
        start = end
      } while !course.mustStop.load(ordering: .relaxed)
      result.nanoseconds = start - begin
    } catch {
      course.results.withLock { if $0.failure == nil { $0.failure = error } }
      course.hasFailed.store(true, ordering: .releasing)
    }
    let finished = result
    course.results.withLock { $0.results[index] = finished }
  }

  /// What the threads of one run share.
  private final class Course: Sendable {
    let mustStop = Atomic(false)
    let hasFailed = Atomic(false)
    let items = Atomic(0)
    let results: Mutex<(results: [Result], failure: (any Error)?)>

    init(count: Int) {
      results = Mutex((Array(repeating: Result(), count: count), nil))
    }
  }
}
