internal import IsocutGraph

extension Instance {
  /// No stage that can run at all costs more: everything in one stage on the slowest device, or the
  /// dearest measurement, and all transfer besides.
  var greatestLoad: Double {
    let transfer = netCosts.reduce(0, +) * types.reduce(0) { max($0, $1.transferFactor) }
    let bytes = unitBytes.reduce(0, +) + constantBytes.reduce(0, +)
    let predicted = types.map { type in
      let offChip =
        type.offChip.timePerByte * Double(max(0, bytes - type.offChip.capacityBytes))
      return type.overhead + type.times.reduce(0) { $1.isFinite ? $0 + $1 : $0 } + offChip
    }
    let measured = measuredTables.flatMap(\.costs).flatMap { [$0.lower, $0.estimate, $0.upper] }
    return (predicted + measured.filter(\.isFinite)).reduce(1e-300, max) + transfer
  }

  /// A path with devices assigned and loads computed by the independent evaluator.
  func stages(of path: DecisionSearch.Path, _ loads: StageLoads) -> [Solution.Stage] {
    var free = types.map { $0.members[...] }
    let stages = isReversed ? path.stages.reversed() : path.stages
    return stages.map { stage in
      let operators = OperatorSet(
        stage.units.flatMap { members[$0] }, capacity: operatorCount)
      let devices: [Int]
      if let sequence {
        let first =
          isReversed
          ? sequence.count - stage.firstPosition - stage.copies : stage.firstPosition
        devices = Array(first..<first + stage.copies)
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
