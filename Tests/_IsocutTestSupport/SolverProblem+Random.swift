import IsocutGraph
package import IsocutSolver

extension Problem {
  /// A small random problem that uses any mixture of what problems can hold.
  package static func random(
    _ random: inout SeededRandom, operators: ClosedRange<Int>, devices: ClosedRange<Int>
  ) -> Problem {
    let count = Int.random(in: operators, using: &random)
    let deviceCount = Int.random(in: devices, using: &random)
    let density = [0.1, 0.25, 0.5].randomElement(using: &random)!
    let successors = (0..<count).map { index in
      (index + 1..<max(count, index + 1)).filter { _ in random.chance(density) }
    }
    let first = DeviceKind(rawValue: "acc")
    let second = DeviceKind(rawValue: "cpu")
    func times(_ factor: Int, unsupported: Double) -> [Double] {
      (0..<count).map { _ in
        random.chance(unsupported)
          ? .infinity : Double(Int.random(in: 0...9, using: &random) * factor)
      }
    }
    let isMixed = random.chance(0.4)
    let overhead = random.chance(0.3) ? 2.0 : 0
    let hasUnlikeLinks = random.chance(0.2)
    let memoryLimit = random.chance(0.3) ? Int.random(in: 4...14, using: &random) : nil
    let list = (0..<deviceCount).map { index in
      if isMixed, random.chance(0.5) {
        return StageDevice(kind: second, transferFactor: random.chance(0.2) ? 1 : 0)
      }
      let limit = random.chance(0.15) ? memoryLimit.map { $0 + 3 } : memoryLimit
      return StageDevice(
        kind: first, memoryLimit: limit, overhead: overhead,
        transferFactor: hasUnlikeLinks ? [0.5, 1, 2].randomElement(using: &random)! : 1)
    }
    var problem = Problem(
      operatorCount: count, successors: successors, devices: list,
      deviceOrder: random.chance(0.5) ? .asListed : .interchangeable,
      times: [
        first: times(1, unsupported: random.chance(0.1) ? 0.2 : 0),
        second: times(random.chance(0.5) ? 3 : 1, unsupported: random.chance(0.1) ? 0.2 : 0),
      ])
    if random.chance(0.2), count > 2 {
      problem.groups = [[0, Int.random(in: 1..<count, using: &random)]]
    }
    if random.chance(0.6) {
      let dear = random.chance(0.5) ? 9 : 2
      problem.nets = (0..<count).compactMap { index in
        // Mostly a producer and its successors, now and then any pins.
        let pins =
          random.chance(0.9)
          ? successors[index] : (0..<count).filter { _ in random.chance(0.3) }
        guard !pins.isEmpty else { return nil }
        return Net(
          producer: index, consumers: pins,
          cost: Double(Int.random(in: 0...dear, using: &random)))
      }
    }
    if random.chance(0.6) {
      problem.memory.operatorBytes = (0..<count).map { _ in Int.random(in: 0...4, using: &random) }
      if random.chance(0.5) {
        problem.memory.constants = (0..<2).map { _ in
          StageMemory.SharedConstant(
            bytes: Int.random(in: 0...4, using: &random),
            readers: (0..<count).filter { _ in random.chance(0.4) })
        }
      }
    }
    if random.chance(0.3) { problem.offChip[first] = OffChip(capacityBytes: 5, timePerByte: 0.5) }
    if random.chance(0.3) {
      problem.assumesMonotone = random.chance(0.6)
      problem.measured = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        let start = Int.random(in: 0..<count, using: &random)
        let end = Int.random(in: start..<count, using: &random)
        let estimate = Double(Int.random(in: 1...30, using: &random))
        let spread = random.chance(0.5) ? 0 : 0.5
        return MeasuredStage(
          operators: OperatorSet(start...end, capacity: count), kind: first,
          cost: StageCost(
            lower: estimate - spread, estimate: estimate, upper: estimate + spread,
            source: .measured))
      }
      var seen: Set<OperatorSet> = []
      problem.measured.removeAll { !seen.insert($0.operators).inserted }
    }
    if random.chance(0.15) {
      problem.bindings[Int.random(in: 0..<count, using: &random)] =
        Int.random(in: 0..<deviceCount, using: &random)
    }
    problem.usesAllDevices = random.chance(0.25)
    problem.maximumCopies = random.chance(0.25) ? Int.random(in: 2...3, using: &random) : 1
    if random.chance(0.2) {
      problem.objective =
        random.chance(0.5)
        ? .bottleneckWithinLatency(Double(Int.random(in: 10...60, using: &random)))
        : .latencyWithinBottleneck(Double(Int.random(in: 5...40, using: &random)))
    }
    return problem
  }
}
