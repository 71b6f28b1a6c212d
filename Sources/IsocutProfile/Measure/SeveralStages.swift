import Foundation
package import IsocutBackends
import IsocutGraph
import Synchronization

/// Measures several stages in one process: in turns, so that what disturbs one disturbs all, or at
/// the same time, so that they share caches and memory as in a pipeline.
package enum SeveralStages {
  package enum Order: String, Hashable, Sendable, Codable {
    /// One stage runs at a time, each for a window, again and again.
    case inTurns
    /// All loop at the same time, unlinked.
    case together
  }

  package struct Rule: Hashable, Sendable, Codable {
    /// Seconds of one window, and of the warm-up before the first.
    package var windowSeconds: Double
    /// Windows of each stage.
    package var windowCount: Int

    package init(windowSeconds: Double = 0.1, windowCount: Int = 20) {
      self.windowSeconds = windowSeconds
      self.windowCount = windowCount
    }
  }

  /// Median milliseconds per item of each window: one row a stage, one column a window. Windows with
  /// the same number were measured one after the other, or at the same time.
  package struct Windows: Hashable, Sendable, Codable {
    package var medians: [[Double]]

    package init(medians: [[Double]]) { self.medians = medians }

    /// The median of a stage's windows, with its interval.
    package func interval(ofStage index: Int) -> MedianInterval { MedianInterval(medians[index]) }

    /// Two stages compared window by window.
    package func comparison(_ first: Int, _ second: Int) -> PairedComparison {
      PairedComparison(first: medians[first], second: medians[second])
    }
  }

  /// Measures; each stage has a thread of its own, which its backend pins.
  ///
  /// - Throws: the first error of any stage.
  package static func measure(
    _ stages: [(artifact: Artifact, load: Load)], _ order: Order, _ rule: Rule,
    on backend: any Backend
  ) throws -> Windows {
    if order == .inTurns, stages.contains(where: { $0.load.lanes.count > 1 }) {
      return try reloading(stages, rule, on: backend)
    }
    let course = Course(stages: stages.count, order, rule)
    let threads = try stages.enumerated().map { index, stage in
      try JoinableThread(name: "isocut-stage-\(index)", cpus: []) {
        do {
          _ = try backend.measure(stage.artifact, stage.load) { course.take($0, from: index) }
          course.leave(nil)
        } catch {
          course.leave(error)
        }
      }
    }
    for thread in threads { thread.join() }
    return Windows(medians: try course.medians())
  }

  /// A window has at least so many runs.
  static let minimumRuns = 3

  /// In turns, each window loaded anew: lanes beside the first cannot be held between windows.
  private static func reloading(
    _ stages: [(artifact: Artifact, load: Load)], _ rule: Rule, on backend: any Backend
  ) throws -> Windows {
    var medians = stages.map { _ in [Double]() }
    for _ in 0..<rule.windowCount {
      for (index, stage) in stages.enumerated() {
        var samples: [Double] = []
        var begin = MonotonicClock.nanoseconds
        var isWarm = false
        _ = try backend.measure(stage.artifact, stage.load) { sample in
          let now = MonotonicClock.nanoseconds
          samples.append(sample)
          guard Double(now - begin) * 1e-9 >= rule.windowSeconds, samples.count >= minimumRuns
          else { return true }
          if isWarm { return false }
          isWarm = true
          samples = []
          begin = now
          return true
        }
        medians[index].append(SortedSample(samples).median)
      }
    }
    return Windows(medians: medians)
  }
}

/// Who may run, and what was seen: shared by the stages' threads.
private final class Course: Sendable {
  private struct State {
    var windows: [[[Double]]]
    var windowBegin: [Int64]
    /// Whose turn it is, counted over all turns.
    var turn = 0
    /// Stages that have run their first time; nothing counts before all have.
    var ready: Set<Int> = []
    var begin: Int64 = 0
    var failure: (any Error)?
    var isOver = false
  }

  private let order: SeveralStages.Order
  private let rule: SeveralStages.Rule
  private let stages: Int
  private let state: Mutex<State>
  private let changed = NSCondition()

  init(stages: Int, _ order: SeveralStages.Order, _ rule: SeveralStages.Rule) {
    self.order = order
    self.rule = rule
    self.stages = stages
    state = Mutex(
      State(
        windows: Array(repeating: [], count: stages),
        windowBegin: Array(repeating: 0, count: stages)))
  }

  /// Takes one sample of a stage, in that stage's thread, and holds the thread until it may run.
  ///
  /// - Returns: false when the stage must end.
  func take(_ sample: Double, from stage: Int) -> Bool {
    switch order {
    case .inTurns: takeInTurns(sample, stage)
    case .together: takeTogether(sample, stage)
    }
  }

  private func takeInTurns(_ sample: Double, _ stage: Int) -> Bool {
    let now = MonotonicClock.nanoseconds
    let keepsTurn = state.withLock { state in
      guard state.ready.count == stages else {
        state.ready.insert(stage)
        return false
      }
      // The first round of turns warms up.
      let window = state.turn / stages
      if state.windows[stage].count <= window { state.windows[stage].append([]) }
      state.windows[stage][window].append(sample)
      guard Double(now - state.windowBegin[stage]) * 1e-9 >= rule.windowSeconds,
        state.windows[stage][window].count >= SeveralStages.minimumRuns
      else { return true }
      state.turn += 1
      if state.turn >= stages * (rule.windowCount + 1) { state.isOver = true }
      return false
    }
    if keepsTurn { return true }
    changed.lock()
    changed.broadcast()
    while !mayRun(stage) { changed.wait() }
    changed.unlock()
    return state.withLock { state in
      state.windowBegin[stage] = MonotonicClock.nanoseconds
      return !state.isOver
    }
  }

  private func mayRun(_ stage: Int) -> Bool {
    state.withLock { state in
      state.isOver || (state.ready.count == stages && state.turn % stages == stage)
    }
  }

  private func takeTogether(_ sample: Double, _ stage: Int) -> Bool {
    let now = MonotonicClock.nanoseconds
    return state.withLock { state in
      if state.ready.count < stages {
        state.ready.insert(stage)
        state.begin = now
        return !state.isOver
      }
      let window = Int(Double(now - state.begin) * 1e-9 / rule.windowSeconds)
      if window <= rule.windowCount || state.windows[stage].count < 2 {
        while state.windows[stage].count <= window { state.windows[stage].append([]) }
        state.windows[stage][window].append(sample)
      }
      // Slow stages need one sample at least; all run until the last has what it needs.
      let haveAll = state.windows.allSatisfy { $0.dropFirst().contains { !$0.isEmpty } }
      if window > rule.windowCount, haveAll { state.isOver = true }
      return !state.isOver
    }
  }

  /// Called by each stage's thread at its end.
  func leave(_ error: (any Error)?) {
    state.withLock { state in
      if let error, state.failure == nil { state.failure = error }
      state.isOver = true
    }
    changed.lock()
    changed.broadcast()
    changed.unlock()
  }

  /// Without the warm-up.
  func medians() throws -> [[Double]] {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.windows.map { windows in
        windows.dropFirst().filter { !$0.isEmpty }.map { SortedSample($0).median }
      }
    }
  }
}
