/// The time of one stage per item on one kind of device, in milliseconds, and how well it is known.
///
/// `lower <= estimate <= upper`. A measured stage has all three within its interval.
public struct StageCost: Hashable, Sendable {
  public enum Source: String, Hashable, Sendable, Codable {
    case measured, predicted, simulated
  }

  public var lower: Double
  public var estimate: Double
  public var upper: Double
  public var source: Source

  public init(lower: Double, estimate: Double, upper: Double, source: Source) {
    self.lower = lower
    self.estimate = estimate
    self.upper = upper
    self.source = source
  }
}

/// What stages cost: the one question that a solver asks about time.
public protocol StageCosts {
  func cost(of operators: OperatorSet, on device: DeviceKind) -> StageCost
}
