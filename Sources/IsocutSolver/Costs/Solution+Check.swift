internal import IsocutGraph

extension Solution {
  /// Checks this answer against the problem's own definition, with nothing of the search in it: the
  /// stages are a cut, devices are used as allowed, limits hold and every load is true.
  ///
  /// - Throws: `IsocutError` `.internalError` naming what is wrong.
  public func check(for problem: Problem) throws {
    func require(_ holds: Bool, _ message: @autoclosure () -> String) throws {
      guard holds else {
        throw IsocutError(.internalError, "the solver's answer is wrong: \(message())")
      }
    }
    try require(lowerBound <= .infinity && lowerBound >= 0, "its bound is \(lowerBound)")
    guard isFeasible else { return }
    var stageOf = Array(repeating: -1, count: problem.operatorCount)
    for (index, stage) in stages.enumerated() {
      try require(!stage.operators.isEmpty && !stage.devices.isEmpty, "stage \(index) is empty")
      for member in stage.operators {
        try require(stageOf[member] < 0, "operator \(member) is in two stages")
        stageOf[member] = index
      }
    }
    if let missing = stageOf.firstIndex(of: -1) {
      try require(false, "operator \(missing) has no stage")
    }
    for (index, targets) in problem.successors.enumerated() {
      for target in targets {
        try require(stageOf[index] <= stageOf[target], "operator \(target) comes before \(index)")
      }
    }
    for group in problem.groups {
      try require(Set(group.map { stageOf[$0] }).count <= 1, "a group is divided")
    }
    try checkDevices(problem, stageOf, require)
    let loads = StageLoads(problem)
    var worst = 0.0
    for (index, stage) in stages.enumerated() {
      let load = loads.load(of: stage.operators, onDevice: stage.device)
      try require(load.isFinite, "stage \(index) cannot run on its device")
      try require(
        abs(load / Double(stage.devices.count) - stage.load) <= 1e-9 * max(load, 1e-300),
        "stage \(index) takes \(load / Double(stage.devices.count)), not \(stage.load)")
      if let limit = problem.devices[stage.device].memoryLimit {
        let bytes = loads.bytes(of: stage.operators)
        try require(bytes <= limit, "stage \(index) takes \(bytes) bytes of \(limit)")
      }
      worst = max(worst, stage.load)
    }
    try require(worst == bottleneck, "the bottleneck is \(worst), not \(bottleneck)")
    let value: Double
    if case .latencyWithinBottleneck = problem.objective {
      value = latency
    } else {
      value = bottleneck
    }
    try require(lowerBound <= value, "the bound \(lowerBound) exceeds the value \(value)")
  }

  private func checkDevices(
    _ problem: Problem, _ stageOf: [Int],
    _ require: (Bool, @autoclosure () -> String) throws -> Void
  ) throws {
    let used = stages.flatMap(\.devices)
    try require(Set(used).count == used.count, "a device runs two stages")
    if problem.usesAllDevices {
      try require(used.count == problem.devices.count, "a device has no stage")
    }
    let bound = Set(problem.bindings.values)
    for stage in stages {
      try require(stage.devices.count <= problem.maximumCopies, "a stage has too many copies")
      try require(
        stage.devices.allSatisfy { problem.devices[$0] == problem.devices[stage.device] },
        "copies of a stage are on unlike devices")
      try require(
        stage.devices.count == 1 || bound.isDisjoint(with: stage.devices),
        "a stage with a bound operator has copies")
    }
    if problem.deviceOrder == .asListed, Set(problem.devices).count > 1 || !bound.isEmpty {
      try require(used == used.sorted(), "the devices are out of order")
    }
    for (member, device) in problem.bindings {
      try require(
        stages[stageOf[member]].devices == [device], "operator \(member) is not on its device")
    }
  }
}
