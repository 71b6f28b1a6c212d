public import IsocutGraph

/// The best cut found and what is proven about it.
public struct Solution: Sendable {
  /// One stage and what runs it.
  public struct Stage: Hashable, Sendable {
    public var operators: OperatorSet
    /// Positions in `Problem.devices`; more than one where the stage has copies.
    public var devices: [Int]
    /// Time per item of the whole stage: divided by the copies.
    public var load: Double

    public init(operators: OperatorSet, devices: [Int], load: Double) {
      self.operators = operators
      self.devices = devices
      self.load = load
    }

    /// The first, mostly the only, device.
    public var device: Int { devices[0] }
  }

  /// Stages in pipeline order, none empty; unused devices do not appear. Empty when nothing was
  /// found.
  public var stages: [Stage]
  /// The largest load; infinite when nothing was found.
  public var bottleneck: Double
  /// The time of one item through all stages, copies not divided; infinite when nothing was found.
  public var latency: Double
  /// No cut has a smaller value of the objective than this: bottleneck, or latency where that is
  /// what is minimised. Infinite when it is proven that no cut exists.
  public var lowerBound: Double
  /// The cut is proven to be within 1e-9 (relative) of the best, or no cut is proven to exist.
  public var isOptimal: Bool
  public var isFeasible: Bool { !stages.isEmpty }
  /// Work done, as `SolverLimits.states` counts it.
  public var statesVisited: Int
  /// States the search kept at most at any time, and the bytes they took.
  public var peakStateBytes: Int
  public var proof: Proof

  /// Which argument gives `lowerBound`.
  public enum Proof: String, Hashable, Sendable, Codable {
    /// Some operator alone takes that long.
    case largestOperator = "largest_operator"
    /// All work shared evenly among all devices takes that long.
    case totalWork = "total_work"
    /// All operators, each on the device that is fastest for it, take that long together: no
    /// latency is below.
    case operatorTimes = "operator_times"
    /// Every cut with a smaller value was searched and refuted.
    case search
    /// Nothing is known.
    case none
  }
}
