/// What one lane did with one item, in nanoseconds of the monotonic clock.
public struct StageEvent: Hashable, Sendable {
  public var stage: Int
  public var lane: Int
  public var item: Int
  /// When the item entered the pipeline.
  public var entered: Int64
  /// When the lane was ready for the item: since then it waited for it.
  public var ready: Int64
  public var started: Int64
  public var ended: Int64
  /// When the item was handed on: since `ended` the lane waited for room.
  public var handedOn: Int64
}

/// What the lanes of a stage have done so far, summed over its lanes.
public struct StageCounters: Hashable, Sendable {
  public var items = 0
  /// Items that came with an error or met one here.
  public var failedItems = 0
  public var busyNanoseconds: Int64 = 0
  /// Waited for input.
  public var starvedNanoseconds: Int64 = 0
  /// Waited for room behind. In a recycling pipeline this is also what the first stage waits: only
  /// stages behind it hold what it waits for.
  public var blockedNanoseconds: Int64 = 0

  public init() {}
}

/// What a pipeline has done so far.
public struct PipelineCounters: Hashable, Sendable {
  public var stages: [StageCounters]
  /// Items that the last stage has finished.
  public var items: Int
  /// When they were counted.
  public var nanoseconds: Int64
  /// When the last stage last finished one; 0 before the first.
  public var lastFinishedNanoseconds: Int64
}
