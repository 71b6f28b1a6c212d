public import IsocutGraph

/// What a stage costs under a problem, computed from the definition for one set at a time.
///
/// Slow and simple: the judge of the solver's answers, and the cost protocol for everyone else. The
/// search keeps its own running sums and shares nothing with this.
public struct StageLoads: StageCosts, Sendable {
  private var problem: Problem

  public init(_ problem: Problem) {
    self.problem = problem
    // A set measured twice counts with its first measurement.
    var seen: [DeviceKind: Set<OperatorSet>] = [:]
    self.problem.measured.removeAll { !seen[$0.kind, default: []].insert($0.operators).inserted }
  }

  /// Bytes that a set of operators takes on a device.
  public func bytes(of operators: OperatorSet) -> Int {
    var total = 0
    if !problem.memory.operatorBytes.isEmpty {
      for index in operators { total += problem.memory.operatorBytes[index] }
    }
    for constant in problem.memory.constants
    where constant.readers.contains(where: operators.contains) { total += constant.bytes }
    return total
  }

  /// Cost of the nets with an operator inside and another outside the set, each once.
  public func transfer(of operators: OperatorSet) -> Double {
    problem.nets.reduce(0) { sum, net in
      let first = operators.contains(net.producer)
      let isCut = net.consumers.contains { operators.contains($0) != first }
      return isCut ? sum + net.cost : sum
    }
  }

  /// Operator times and off-chip bytes, as the model predicts them: no overhead, no measurement.
  public func predicted(_ operators: OperatorSet, on kind: DeviceKind) -> Double {
    guard let times = problem.times[kind] else { return .infinity }
    var sum = operators.reduce(0) { $0 + times[$1] }
    if let offChip = problem.offChip[kind] {
      sum += offChip.timePerByte * Double(max(0, bytes(of: operators) - offChip.capacityBytes))
    }
    return sum
  }

  /// The cost of a stage without transfer, with the overhead of the first device of that kind.
  public func cost(of operators: OperatorSet, on device: DeviceKind) -> StageCost {
    let overhead = problem.devices.first { $0.kind == device }?.overhead ?? 0
    return compute(operators, on: device, overhead: overhead)
  }

  /// Overhead, operators and off-chip bytes, corrected by what was measured.
  public func compute(
    _ operators: OperatorSet, on kind: DeviceKind, overhead: Double
  ) -> StageCost {
    var lower = 0.0
    var upper = Double.infinity
    for stage in problem.measured where stage.kind == kind {
      if stage.operators == operators { return stage.cost }
      guard problem.assumesMonotone else { continue }
      if stage.operators.isSubset(of: operators) { lower = max(lower, stage.cost.lower) }
      if operators.isSubset(of: stage.operators) { upper = min(upper, stage.cost.upper) }
    }
    let model = overhead + predicted(operators, on: kind)
    return StageCost(
      lower: min(lower, upper), estimate: min(max(model, lower), upper), upper: upper,
      source: .predicted)
  }

  /// The load of a stage on one of the problem's devices, for one copy.
  public func load(of operators: OperatorSet, onDevice index: Int) -> Double {
    let device = problem.devices[index]
    let compute = compute(operators, on: device.kind, overhead: device.overhead).estimate
    return device.paysTransfer
      ? compute + device.transferFactor * transfer(of: operators) : compute
  }
}
