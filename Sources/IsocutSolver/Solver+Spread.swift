internal import IsocutGraph

extension Solver {
  /// Divides stages until every device has one, if that keeps all loads within the limit.
  func spread(_ stages: [Solution.Stage], within limit: Double) -> [Solution.Stage]? {
    var stages = stages
    let unitOf = contraction.unitOf
    while true {
      let usedCount = stages.reduce(0) { $0 + $1.devices.count }
      if usedCount == problem.devices.count { return stages }
      let used = Set(stages.flatMap(\.devices))
      guard let free = problem.devices.indices.first(where: { !used.contains($0) }) else {
        return stages
      }
      var divided: [Solution.Stage]?
      search: for (index, stage) in stages.enumerated() where stage.devices.count == 1 {
        let isInOrder =
          problem.deviceOrder == .interchangeable
          || Set(problem.devices).count == 1 && problem.bindings.isEmpty
        guard isInOrder, problem.devices[free] == problem.devices[stage.device] else { continue }
        let units = Set(stage.operators.map { unitOf[$0] }).sorted()
        guard units.count > 1 else { continue }
        for part in 1..<units.count {
          let head = OperatorSet(
            units[..<part].flatMap { contraction.units[$0] }, capacity: problem.operatorCount)
          var tail = stage.operators
          tail.subtract(head)
          // An operator that is bound to the stage's device may be in either part.
          let canKeepHead = !isBound(tail, elsewhereThan: free)
          let headDevice = canKeepHead ? stage.device : free
          let tailDevice = canKeepHead ? free : stage.device
          guard !isBound(head, elsewhereThan: headDevice), !isBound(tail, elsewhereThan: tailDevice)
          else { continue }
          let first = loads.load(of: head, onDevice: headDevice)
          let second = loads.load(of: tail, onDevice: tailDevice)
          guard max(first, second) <= limit else { continue }
          var copy = stages
          copy[index] = .init(operators: head, devices: [headDevice], load: first)
          copy.insert(.init(operators: tail, devices: [tailDevice], load: second), at: index + 1)
          divided = copy
          break search
        }
      }
      guard let divided else { return nil }
      stages = divided
    }
  }

  /// Whether an operator of the set must be on another device than the given one.
  private func isBound(_ operators: OperatorSet, elsewhereThan device: Int) -> Bool {
    problem.bindings.contains { operators.contains($0.key) && $0.value != device }
  }
}
