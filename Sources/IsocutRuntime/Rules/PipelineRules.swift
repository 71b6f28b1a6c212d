/// Who may do what next in a pipeline: the one place where order, bounds and hand-off are decided.
///
/// Items are numbered 0, 1, 2, … as they enter and leave in that order. Item n lives in slot
/// n mod `inFlight` and runs on lane n mod L of a stage with L lanes, so a lane knows which item
/// comes next, from which lane and to which lane; a queue needs no memory, and each of its ends has
/// one writer. All that moves are counts that only rise, the *cursors*:
///
/// - `entered`: items given to the first stage from outside;
/// - `taken(lane)`: items a lane has begun;
/// - `finished(lane)`: items a lane has handed on;
/// - `released`: items that have left, in their order: their slots are free. The outside raises it,
///   or, where items go straight back to the first stage, whichever lane finishes one.
///
/// Every rule has the form "wait until that cursor has reached that count": a ``Gate``.
/// Real threads and a virtual clock obey the same gates.
public struct PipelineRules: Hashable, Sendable {
  /// Lanes of each stage, first stage first.
  public let lanes: [Int]
  /// Items that may be inside at the same time.
  public let inFlight: Int
  /// Items that may wait between two stages for the later one.
  public let queueCapacity: Int
  /// True where the last stage gives items straight back to the first, and nobody outside does.
  public let recycles: Bool

  /// All lanes in the order of their numbers.
  public let allLanes: [LaneID]
  private let firstLane: [Int]

  /// Numbers below 1 count as 1.
  ///
  /// - Parameters:
  ///   - inFlight: nil takes two for each lane.
  ///   - queueCapacity: nil takes twice the lanes of the stage that reads most.
  public init(lanes: [Int], inFlight: Int? = nil, queueCapacity: Int? = nil, recycles: Bool) {
    self.lanes = lanes.map { max(1, $0) }
    self.inFlight = max(1, inFlight ?? 2 * self.lanes.reduce(0, +))
    self.queueCapacity = max(1, queueCapacity ?? 2 * (self.lanes.max() ?? 1))
    self.recycles = recycles
    allLanes = self.lanes.enumerated().flatMap { stage, count in
      (0..<count).map { LaneID(stage: stage, lane: $0) }
    }
    var next = 0
    firstLane = self.lanes.map { count in
      defer { next += count }
      return next
    }
  }

  public var stageCount: Int { lanes.count }
  /// Lanes of all stages; lanes are numbered through, the first stage's first.
  public var laneCount: Int { allLanes.count }

  /// A place in the list of all cursors.
  public struct Cursor: Hashable, Sendable {
    public let index: Int
  }

  /// Permission to go on: the cursor has reached the count.
  public struct Gate: Hashable, Sendable {
    public let cursor: Cursor
    public let count: Int
  }

  public var cursorCount: Int { 2 * laneCount + 2 }
  public var entered: Cursor { Cursor(index: 2 * laneCount) }
  public var released: Cursor { Cursor(index: 2 * laneCount + 1) }
  public func taken(_ lane: LaneID) -> Cursor { Cursor(index: 2 * number(lane)) }
  public func finished(_ lane: LaneID) -> Cursor { Cursor(index: 2 * number(lane) + 1) }

  /// One lane of one stage.
  public struct LaneID: Hashable, Sendable {
    public var stage: Int
    public var lane: Int

    public init(stage: Int, lane: Int) {
      self.stage = stage
      self.lane = lane
    }
  }

  /// The position of a lane among all lanes.
  public func number(_ lane: LaneID) -> Int { firstLane[lane.stage] + lane.lane }

  /// Where an item is kept.
  public func slot(of item: Int) -> Int { item % inFlight }

  /// The lane an item runs on.
  public func lane(of item: Int, stage: Int) -> LaneID {
    LaneID(stage: stage, lane: item % lanes[stage])
  }

  /// Open once an item has arrived before a stage.
  public func arrival(of item: Int, at stage: Int) -> Gate? {
    if stage > 0 { return finish(of: item, at: stage - 1) }
    return recycles ? vacancy(for: item) : Gate(cursor: entered, count: item + 1)
  }

  /// Open once a stage may hand an item on: the queue to the next stage has room. The last stage
  /// may always, for its results wait in their slots.
  public func room(for item: Int, after stage: Int) -> Gate? {
    guard stage + 1 < stageCount, item >= queueCapacity else { return nil }
    let earlier = item - queueCapacity
    let lane = lane(of: earlier, stage: stage + 1)
    return Gate(cursor: taken(lane), count: earlier / lanes[stage + 1] + 1)
  }

  /// Open once an item's slot is free: the item before it in this slot has left.
  public func vacancy(for item: Int) -> Gate? {
    guard item >= inFlight else { return nil }
    return Gate(cursor: released, count: item - inFlight + 1)
  }

  /// True for lanes that release items: after each hand-on they raise `released` for as long as the
  /// next item's result is there. Lanes of one stage may finish out of order; slots are freed in order.
  public func releases(_ lane: LaneID) -> Bool { recycles && lane.stage == stageCount - 1 }

  /// Open once an item's result is there.
  public func result(of item: Int) -> Gate { finish(of: item, at: stageCount - 1) }

  private func finish(of item: Int, at stage: Int) -> Gate {
    let lane = lane(of: item, stage: stage)
    return Gate(cursor: finished(lane), count: item / lanes[stage] + 1)
  }
}
