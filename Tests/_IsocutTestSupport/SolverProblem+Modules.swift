import IsocutGraph
package import IsocutSolver

extension Problem {
  /// A chain of modules, each of parallel branches between a fork and a join: the shape on which
  /// cutting is hard. Times and transfer costs are drawn evenly around 1 and `transfer`.
  package static func modules(
    _ count: Int, branches: Int, depth: Int, transfer: Double, devices: Int, seed: UInt64
  ) -> Problem {
    var random = SeededRandom(seed: seed)
    var successors: [[Int]] = [[]]
    var last = 0
    for _ in 0..<count {
      let join = successors.count + branches * depth
      var ends: [Int] = []
      for _ in 0..<branches {
        var previous = last
        for _ in 0..<depth {
          successors[previous].append(successors.count)
          previous = successors.count
          successors.append([])
        }
        ends.append(previous)
      }
      successors.append([])
      for end in ends { successors[end].append(join) }
      last = join
    }
    let kind = DeviceKind(rawValue: "acc")
    let times = successors.map { _ in Double.random(in: 0.1...1.9, using: &random) }
    let nets = successors.indices.filter { !successors[$0].isEmpty }.map {
      Net(
        producer: $0, consumers: successors[$0],
        cost: transfer * Double.random(in: 0.1...1.9, using: &random))
    }
    return Problem(
      operatorCount: successors.count, successors: successors,
      devices: Array(repeating: StageDevice(kind: kind), count: devices), times: [kind: times],
      nets: nets)
  }
}
