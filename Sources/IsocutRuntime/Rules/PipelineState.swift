/// A whole pipeline as one value: its rules, its cursors, and where each lane stands.
///
/// It has no clock and no threads: whoever owns it decides when a lane that can go on does so. The
/// simulated pipeline drives it by a virtual clock, the tests by thousands of random schedules; the
/// real pipeline drives the same ``LaneProgram`` and the same gates by threads.
public struct PipelineState: Hashable, Sendable {
  public let rules: PipelineRules
  private var counts: [Int]
  private var programs: [LaneProgram]
  private var hasEnded: [Bool]
  /// The number of items there will be, once that is known.
  public private(set) var end: Int?
  public private(set) var isDraining = false
  public private(set) var isCancelled = false

  public init(_ rules: PipelineRules) {
    self.rules = rules
    counts = Array(repeating: 0, count: rules.cursorCount)
    programs = rules.allLanes.map { LaneProgram(rules, $0) }
    hasEnded = Array(repeating: false, count: programs.count)
  }

  public func count(_ cursor: PipelineRules.Cursor) -> Int { counts[cursor.index] }

  public func isOpen(_ gate: PipelineRules.Gate?) -> Bool {
    gate.map { counts[$0.cursor.index] >= $0.count } ?? true
  }

  /// What a lane does next, or nil once it has ended. Lanes are numbered as in `rules.allLanes`.
  public func step(ofLane lane: Int) -> LaneProgram.Step? {
    hasEnded[lane] ? nil : programs[lane].step
  }

  /// True where a lane need not wait: its step is no wait, or the wait is over.
  public func canProceed(lane: Int) -> Bool {
    guard !hasEnded[lane] else { return false }
    if isCancelled { return true }
    switch programs[lane].step {
    case .awaitArrival(let item, let gate): return isOpen(gate) || mustEnd(before: item)
    case .awaitRoom(_, let gate): return isOpen(gate)
    case .run, .handOn: return true
    }
  }

  /// Does a lane's current step. A cancelled lane ends; so does one whose stream has ended.
  public mutating func proceed(lane: Int) {
    guard canProceed(lane: lane) else { return }
    let program = programs[lane]
    if isCancelled {
      hasEnded[lane] = true
      return
    }
    switch program.step {
    case .awaitArrival(let item, _):
      if isDraining, end == nil, rules.decidesEnd(program.lane) {
        end = rules.end(decidedAt: item)
      }
      if mustEnd(before: item) {
        hasEnded[lane] = true
        return
      }
      counts[rules.taken(program.lane).index] += 1
    case .run, .awaitRoom: break
    case .handOn:
      counts[rules.finished(program.lane).index] += 1
      if rules.releases(program.lane) {
        while isOpen(rules.result(of: count(rules.released))) {
          counts[rules.released.index] += 1
        }
      }
    }
    programs[lane].proceed()
  }

  public var allLanesHaveEnded: Bool { hasEnded.allSatisfy { $0 } }

  /// The item that the next push gives, or nil where it must wait or nothing is taken any more.
  public var pushableItem: Int? {
    guard !rules.recycles, !isDraining, !isCancelled else { return nil }
    let item = count(rules.entered)
    return isOpen(rules.vacancy(for: item)) ? item : nil
  }

  public mutating func push() {
    guard pushableItem != nil else { return }
    counts[rules.entered.index] += 1
  }

  /// The item whose result leaves next, or nil where it is not there yet.
  public var poppableItem: Int? {
    guard !rules.recycles, !isCancelled else { return nil }
    let item = count(rules.released)
    return isOpen(rules.result(of: item)) ? item : nil
  }

  /// Takes the next result and gives its slot back.
  public mutating func pop() {
    guard poppableItem != nil else { return }
    counts[rules.released.index] += 1
  }

  /// No item enters any more; those inside run to their end.
  public mutating func drain() {
    isDraining = true
    if !rules.recycles { end = end ?? count(rules.entered) }
  }

  /// Lanes stop before their next step; what is inside is lost.
  public mutating func cancel() { isCancelled = true }

  private func mustEnd(before item: Int) -> Bool { end.map { item >= $0 } ?? false }
}

extension PipelineRules {
  /// True for the lane that decides where a recycling stream ends: nobody outside counts its items.
  public func decidesEnd(_ lane: LaneID) -> Bool { recycles && lane.stage == 0 && lane.lane == 0 }

  /// The number of items of a recycling stream whose drain its deciding lane sees before it takes
  /// `item`. No lane can have begun an item as late as this one: items leave in order, so none
  /// behind `item` has left.
  public func end(decidedAt item: Int) -> Int { item + inFlight }
}
