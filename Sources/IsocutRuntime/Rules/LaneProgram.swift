/// What one lane does, step by step: wait for its next item, take it, run it, wait for room, hand it
/// on. A pure value: it neither waits nor runs, it says what comes next.
///
/// Whoever drives it reads `step`, and calls `proceed()` once that step is done.
public struct LaneProgram: Hashable, Sendable {
  public enum Step: Hashable, Sendable {
    /// Go on when the gate is open, and raise `taken` by one; end instead when the stream ends at or
    /// before `item`.
    case awaitArrival(item: Int, PipelineRules.Gate?)
    /// Run the item.
    case run(item: Int)
    /// Go on when the gate is open.
    case awaitRoom(item: Int, PipelineRules.Gate?)
    /// Raise `finished` by one.
    case handOn(item: Int)
  }

  public let rules: PipelineRules
  public let lane: PipelineRules.LaneID
  public private(set) var step: Step

  public init(_ rules: PipelineRules, _ lane: PipelineRules.LaneID) {
    self.rules = rules
    self.lane = lane
    step = .awaitArrival(item: lane.lane, rules.arrival(of: lane.lane, at: lane.stage))
  }

  /// The item the step is about.
  public var item: Int {
    switch step {
    case .awaitArrival(let item, _), .run(let item), .awaitRoom(let item, _), .handOn(let item):
      item
    }
  }

  /// Takes note that the current step is done.
  public mutating func proceed() {
    switch step {
    case .awaitArrival(let item, _): step = .run(item: item)
    case .run(let item):
      step = .awaitRoom(item: item, rules.room(for: item, after: lane.stage))
    case .awaitRoom(let item, _): step = .handOn(item: item)
    case .handOn(let item):
      let next = item + rules.lanes[lane.stage]
      step = .awaitArrival(item: next, rules.arrival(of: next, at: lane.stage))
    }
  }
}
