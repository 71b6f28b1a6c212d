import Foundation
import IsocutBackends
import Synchronization

/// Who may run, and what was seen: shared by the stages' threads.
final class MeasuringCourse: Sendable {
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
    /// In turns: before the first window, and after each.
    var looks: WindowLooks
    /// In turns: the quiet runs of each stage and window.
    var quiet: [QuietWindows]
  }

  private let order: SeveralStages.Order
  private let rule: SeveralStages.Rule
  private let stages: Int
  /// Of each stage: the only core that it uses, on which its thread runs; nil where it uses several.
  private let onlyCores: [Int?]
  private let state: Mutex<State>
  private let changed = NSCondition()

  init(
    _ loads: [Load], _ order: SeveralStages.Order, _ rule: SeveralStages.Rule,
    _ looks: WindowLooks
  ) {
    self.order = order
    self.rule = rule
    let stages = loads.count
    self.stages = stages
    onlyCores = loads.map(\.onlyCore)
    state = Mutex(
      State(
        windows: Array(repeating: [], count: stages),
        windowBegin: Array(repeating: 0, count: stages), looks: looks,
        quiet: Array(repeating: QuietWindows(), count: stages)))
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
      if window > 0, let core = onlyCores[stage] {
        state.quiet[stage].add(sample, on: core, &state.looks)
      }
      guard Double(now - state.windowBegin[stage]) * 1e-9 >= rule.windowSeconds,
        state.windows[stage][window].count >= SeveralStages.minimumRuns
      else { return true }
      state.turn += 1
      state.quiet[stage].endWindow()
      if state.turn % stages == 0 {
        do {
          try state.looks.add()
        } catch {
          state.failure = error
          state.isOver = true
        }
        if state.looks.areEnough(for: rule) { state.isOver = true }
      }
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
      // A thread that had to wait for the lock looked at the clock before the beginning.
      let window = max(0, Int(Double(now - state.begin) * 1e-9 / rule.windowSeconds))
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
  func windows() throws -> SeveralStages.Windows {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      let medians = state.windows.map { windows in
        windows.dropFirst().filter { !$0.isEmpty }.map { SortedSample($0).median }
      }
      return order == .inTurns
        ? state.looks.leastDisturbed(rule.windowCount, of: medians, quiet: state.quiet)
        : SeveralStages.Windows(medians: medians, disturbance: state.looks.last)
    }
  }
}
