import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutSolver

/// The search that reads a graph from its end.
@Suite struct TwoWaySearchTests {
  /// Whether a run decides what is true, and its cut, turned back, keeps order and threshold.
  @Test(arguments: 1...(runsLong ? 400 : 40) as ClosedRange<UInt64>)
  func backwardSearchDecidesTheSame(seed: UInt64) throws {
    var random = SeededRandom(seed: seed &+ 52_000)
    var problem = Problem.random(&random, operators: 3...7, devices: 1...4)
    problem.objective = .bottleneck
    let best = SolverOracle(problem).best()
    let contraction = Contraction(successors: problem.successors, groups: problem.groups)
    let instance = Instance(problem, contraction: contraction, isReversed: true)
    let search = DecisionSearch(instance)
    var meter = WorkMeter(limits: SolverLimits(states: .max), shouldStop: { false })
    let enough = best.isFinite ? best * (1 + 1e-9) : instance.greatestLoad
    switch search.run(threshold: enough, meter: &meter) {
    case .feasible(let path):
      let stages = instance.stages(of: path, StageLoads(problem))
      var solution = Solution(
        stages: stages, bottleneck: stages.map(\.load).max() ?? 0, latency: 0, lowerBound: 0,
        isOptimal: false, statesVisited: 0, peakStateBytes: 0, proof: .none)
      solution.latency = stages.reduce(0) { $0 + $1.load * Double($1.devices.count) }
      try solution.check(for: problem)
      #expect(abs(solution.bottleneck - best) <= 1e-9 * best)
    case .infeasible: #expect(best == .infinity)
    case .stopped: Issue.record("nothing stops this run")
    }
    if best > 0, best.isFinite,
      case .feasible = search.run(threshold: best * (1 - 1e-6), meter: &meter)
    {
      Issue.record("a cut below the best one")
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func mirroredProfileNeverExceedsTheReversedGraphsOwn(seed: UInt64) throws {
    let problem = Problem.modules(
      3, branches: 3, depth: 3, transfer: 0.5, devices: 4, seed: seed)
    let contraction = Contraction(successors: problem.successors, groups: [])
    func profile(isReversed: Bool) throws -> (CutProfile, total: Double) {
      let instance = Instance(problem, contraction: contraction, isReversed: isReversed)
      let weights = WorkWeights(floors: [instance.types[0].times])
      let total = weights.total[0]
      let made = CutProfile(
        instance, weights: weights.units.map { $0[0] }, stageWeight: total / 4)
      return (try #require(made), total)
    }
    let (here, total) = try profile(isReversed: false)
    let own = try profile(isReversed: true).0
    let mirrored = here.mirrored(total: total)
    for bucket in own.least.indices {
      #expect(mirrored.least[bucket] <= own.least[bucket] + 1e-9)
    }
    // Not by much: each weight that some ideal has is still one.
    #expect(mirrored.least.count { $0 < .infinity } <= 3 * own.least.count { $0 < .infinity })
  }
}
