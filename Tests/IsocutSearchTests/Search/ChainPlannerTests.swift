import IsocutGraph
import IsocutSolver
import Testing
import _IsocutTestSupport

@testable import struct IsocutSearch.ChainPlanner

@Suite struct ChainPlannerTests {
  /// A chain with skips, nets, shared constants, off-chip bytes and measured stages.
  private func problem(seed: UInt64) -> Problem {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 4...9, using: &random)
    let kind = DeviceKind(rawValue: "synthetic")
    var problem = Problem(
      operatorCount: count, successors: (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] },
      devices: Array(
        repeating: StageDevice(kind: kind, overhead: 0.3),
        count: Int.random(in: 2...4, using: &random)),
      times: [kind: (0..<count).map { _ in Double.random(in: 0.1...2, using: &random) }])
    problem.usesAllDevices = true
    problem.nets = (0..<count - 1).filter { _ in random.chance(0.5) }.map { producer in
      Net(
        producer: producer,
        consumers: [producer + 1, Int.random(in: producer + 1..<count, using: &random)],
        cost: Double.random(in: 0.1...1, using: &random))
    }
    problem.memory.constants = (0..<count).map { _ in
      StageMemory.SharedConstant(
        bytes: Int.random(in: 1...10, using: &random),
        readers: (0..<Int.random(in: 1...3, using: &random)).map { _ in
          Int.random(in: 0..<count, using: &random)
        })
    }
    problem.offChip = [kind: OffChip(capacityBytes: 12, timePerByte: 0.1)]
    problem.assumesMonotone = random.chance(0.7)
    problem.measured = (0..<3).map { _ in
      let start = Int.random(in: 0..<count, using: &random)
      let end = Int.random(in: start + 1...count, using: &random)
      let cost = Double(end - start) * Double.random(in: 0.8...1.5, using: &random)
      return MeasuredStage(
        operators: OperatorSet(start..<end, capacity: count), kind: kind,
        cost: StageCost(
          lower: cost * 0.99, estimate: cost, upper: cost * 1.01, source: .measured))
    }
    return problem
  }

  @Test(arguments: 0..<200)
  func findsWhatTryingAllPlacesFinds(seed: UInt64) throws {
    let problem = problem(seed: seed)
    let loads = StageLoads(problem)
    let count = problem.operatorCount
    let stages = problem.devices.count
    func best(from start: Int, _ device: Int) -> Double {
      let ends = device + 1 == stages ? count...count : start + 1...count - (stages - 1 - device)
      return ends.map { end in
        let load = loads.load(
          of: OperatorSet(start..<end, capacity: count), onDevice: device)
        return max(load, end == count ? 0 : best(from: end, device + 1))
      }.min() ?? .infinity
    }
    let plan = try #require(ChainPlanner(problem, units: (0..<count).map { [$0] }).solve())
    let expected = best(from: 0, 0)
    #expect(abs(plan.bottleneck - expected) <= 1e-9 * expected)
    let loadsOfPlan = plan.stages.enumerated().map { loads.load(of: $1, onDevice: $0) }
    #expect(abs((loadsOfPlan.max() ?? 0) - expected) <= 1e-9 * expected)
  }
}
