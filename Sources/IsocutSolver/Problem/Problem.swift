public import IsocutGraph

/// What to cut, on which devices, and what a stage costs there.
///
/// Times are plain numbers: the solver has no unit (isocut uses milliseconds) and no clock. The load
/// of a stage S on a device d is
///
///     overhead(d) + sum of times(S) + off-chip(bytes(S)) + factor(d) x transfer(S)
///
/// where a `measured` stage replaces the first three terms for its very set, and bounds them for
/// sets around and inside it. `transfer(S)` is the cost of every net with one pin inside and
/// another outside S, once per net; factor(d) is the device's `transferFactor`.
/// A stage that is run by c copies counts as load / c.
public struct Problem: Sendable {
  /// Operators are 0 ..< operatorCount.
  public var operatorCount: Int
  /// For each operator those that must not come in an earlier stage; repeats are allowed.
  public var successors: [[Int]]
  /// Operators that must share a stage. A group that closes a cycle takes the cycle in.
  public var groups: [[Int]]
  public var devices: [StageDevice]
  public var deviceOrder: DeviceOrder
  /// Per kind, the time of each operator; infinite where the kind cannot run it.
  public var times: [DeviceKind: [Double]]
  public var nets: [Net]
  public var memory: StageMemory
  /// Kinds that pay for bytes beyond a capacity.
  public var offChip: [DeviceKind: OffChip]
  public var measured: [MeasuredStage]
  /// Whether a stage costs at least what a measured part of it costs, and at most what a measured
  /// whole around it costs. Where fusion makes that untrue, say false: then a measured stage speaks
  /// for its very set only.
  public var assumesMonotone: Bool
  /// Operators that only the device at the given position of `devices` may run.
  public var bindings: [Int: Int]
  /// True: exactly one stage per device, none empty. False: devices may stay unused.
  public var usesAllDevices: Bool
  /// How many equal devices may share one stage, each with a copy of it; 1 = no replicas.
  public var maximumCopies: Int
  public var objective: Objective

  public init(
    operatorCount: Int, successors: [[Int]], groups: [[Int]] = [], devices: [StageDevice],
    deviceOrder: DeviceOrder = .asListed, times: [DeviceKind: [Double]], nets: [Net] = [],
    memory: StageMemory = StageMemory(), offChip: [DeviceKind: OffChip] = [:],
    measured: [MeasuredStage] = [], assumesMonotone: Bool = true, bindings: [Int: Int] = [:],
    usesAllDevices: Bool = false, maximumCopies: Int = 1, objective: Objective = .bottleneck
  ) {
    self.operatorCount = operatorCount
    self.successors = successors
    self.groups = groups
    self.devices = devices
    self.deviceOrder = deviceOrder
    self.times = times
    self.nets = nets
    self.memory = memory
    self.offChip = offChip
    self.measured = measured
    self.assumesMonotone = assumesMonotone
    self.bindings = bindings
    self.usesAllDevices = usesAllDevices
    self.maximumCopies = maximumCopies
    self.objective = objective
  }
}

/// What a solution is measured by.
public enum Objective: Hashable, Sendable {
  /// The smallest largest load.
  case bottleneck
  /// The smallest largest load among cuts whose latency, the sum of all loads of one item, is
  /// within the limit. (Memory limits belong to the devices and hold under every objective.)
  case bottleneckWithinLatency(Double)
  /// The smallest sum of loads among cuts whose largest load is within the limit.
  case latencyWithinBottleneck(Double)
}
