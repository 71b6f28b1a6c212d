import IsocutGraph
import IsocutSolver
import Testing
import _IsocutTestSupport

/// What must hold for any problem, whatever the answer.
@Suite struct PropertyTests {
  /// Problems of 8 to 14 operators with transfer, on equal devices.
  static func problem(seed: UInt64) -> Problem {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 8...14, using: &random)
    let accelerator = DeviceKind(rawValue: "acc")
    let successors = (0..<count).map { index in
      (index + 1..<count).filter { _ in random.chance(0.25) }
    }
    return Problem(
      operatorCount: count, successors: successors,
      devices: Array(
        repeating: StageDevice(kind: accelerator, memoryLimit: 18), count: Int(seed % 3) + 2),
      times: [accelerator: (0..<count).map { _ in Double(Int.random(in: 0...20, using: &random)) }],
      nets: (0..<count).filter { !successors[$0].isEmpty }.map {
        Net(
          producer: $0, consumers: successors[$0],
          cost: Double(Int.random(in: 0...8, using: &random)))
      },
      memory: StageMemory(
        operatorBytes: (0..<count).map { _ in Int.random(in: 0...3, using: &random) }))
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func reversalKeepsTheOptimum(seed: UInt64) throws {
    let problem = Self.problem(seed: seed)
    var reversed = problem
    reversed.successors = Array(repeating: [], count: problem.operatorCount)
    for (index, targets) in problem.successors.enumerated() {
      for target in targets { reversed.successors[target].append(index) }
    }
    #expect(try solve(problem).bottleneck == solve(reversed).bottleneck)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func relabellingKeepsTheOptimum(seed: UInt64) throws {
    let problem = Self.problem(seed: seed)
    var random = SeededRandom(seed: seed &+ 99)
    let label = (0..<problem.operatorCount).shuffled(using: &random)
    func moved<Element>(_ values: [Element]) -> [Element] {
      label.indices.map { new in values[label.firstIndex(of: new)!] }
    }
    var other = problem
    other.successors = moved(problem.successors.map { $0.map { label[$0] } })
    other.times = problem.times.mapValues(moved)
    other.memory.operatorBytes = moved(problem.memory.operatorBytes)
    other.nets = problem.nets.map {
      Net(producer: label[$0.producer], consumers: $0.consumers.map { label[$0] }, cost: $0.cost)
    }
    #expect(try solve(problem).bottleneck == solve(other).bottleneck)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func scalingScalesTheOptimum(seed: UInt64) throws {
    let problem = Self.problem(seed: seed)
    var scaled = problem
    scaled.times = problem.times.mapValues { $0.map { $0 * 8 } }
    scaled.nets = problem.nets.map {
      Net(producer: $0.producer, consumers: $0.consumers, cost: $0.cost * 8)
    }
    #expect(try solve(problem).bottleneck * 8 == solve(scaled).bottleneck)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func moreDevicesMemoryOrSpeedNeverHurt(seed: UInt64) throws {
    let problem = Self.problem(seed: seed)
    let value = try solve(problem).bottleneck
    var more = problem
    more.devices.append(problem.devices[0])
    #expect(try solve(more).bottleneck <= value)
    more = problem
    for index in more.devices.indices { more.devices[index].memoryLimit = 19 }
    #expect(try solve(more).bottleneck <= value)
    more = problem
    more.times = problem.times.mapValues { $0.map { max(0, $0 - 1) } }
    #expect(try solve(more).bottleneck <= value)
  }

  @Test(arguments: [10, 100, 1_000, 10_000], 1...4 as ClosedRange<UInt64>)
  func boundHoldsWhereverTheWorkEnds(states: Int, seed: UInt64) throws {
    let problem = Self.problem(seed: seed)
    let best = try solve(problem)
    let partial = try solve(problem, limits: SolverLimits(states: states))
    #expect(partial.lowerBound <= best.bottleneck)
    #expect(partial.bottleneck >= best.bottleneck)
    #expect(!partial.isOptimal || partial.bottleneck == best.bottleneck)
    #expect(partial.statesVisited <= states)
    try partial.check(for: problem)
  }

  @Test func sameLimitsGiveTheSameAnswer() throws {
    let problem = Self.problem(seed: 5)
    let limits = SolverLimits(states: 2_000)
    let first = try solve(problem, limits: limits)
    for _ in 0..<3 {
      let again = try solve(problem, limits: limits)
      #expect(again.stages == first.stages)
      #expect(again.lowerBound == first.lowerBound)
      #expect(again.statesVisited == first.statesVisited)
    }
  }

  @Test func cancellingReturnsWhatIsKnown() throws {
    var problem = Self.problem(seed: 3)
    problem.memory = StageMemory()
    let solution = try solve(problem, shouldStop: { true })
    #expect(solution.isFeasible)
    #expect(solution.lowerBound <= solution.bottleneck)
  }

  @Test func memoryLimitIsHonoured() throws {
    // Forty operators without an edge: 2^40 ideals.
    let accelerator = DeviceKind(rawValue: "acc")
    var random = SeededRandom(seed: 1)
    let problem = Problem(
      operatorCount: 40, successors: Array(repeating: [], count: 40),
      devices: Array(repeating: StageDevice(kind: accelerator), count: 4),
      times: [accelerator: (0..<40).map { _ in Double.random(in: 1...2, using: &random) }])
    let limit = 256 << 10
    let solution = try solve(
      problem, limits: SolverLimits(states: 300_000, memoryBytes: limit))
    #expect(solution.isFeasible)
    #expect(solution.peakStateBytes < 2 * limit)
    #expect(solution.lowerBound <= solution.bottleneck)
  }
}
