internal import IsocutGraph

extension Instance {
  /// The most any cut can cost: everything in one stage on the slowest device that can run it, and
  /// all transfer besides. Infinite sums are left out.
  var greatestLoad: Double {
    let transfer = netCosts.reduce(0, +)
    let bytes = unitBytes.reduce(0, +) + constantBytes.reduce(0, +)
    return types.reduce(1e-300) { most, type in
      let offChip =
        type.offChip.timePerByte * Double(max(0, bytes - type.offChip.capacityBytes))
      let work = type.times.reduce(0) { $1.isFinite ? $0 + $1 : $0 }
      return max(most, type.overhead + work + offChip + transfer)
    }
  }

  /// A path with devices assigned and loads computed by the independent evaluator.
  func stages(of path: DecisionSearch.Path, _ loads: StageLoads) -> [Solution.Stage] {
    var free = types.map { $0.members[...] }
    return path.stages.map { stage in
      let operators = OperatorSet(
        stage.units.flatMap { members[$0] }, capacity: operatorCount)
      let devices: [Int]
      if sequence != nil {
        devices = Array(stage.firstPosition..<stage.firstPosition + stage.copies)
      } else {
        devices = Array(free[stage.type].prefix(stage.copies))
        free[stage.type] = free[stage.type].dropFirst(stage.copies)
      }
      return Solution.Stage(
        operators: operators, devices: devices,
        load: loads.load(of: operators, onDevice: devices[0]) / Double(stage.copies))
    }
  }
}
