import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutSolver

/// What a stage pays at least for holding an operator.
@Suite struct UnitBoundTests {
  private func surcharge(_ problem: Problem, of unit: Int) -> Double {
    let instance = Instance(
      problem, contraction: Contraction(successors: problem.successors, groups: []))
    var bound = UnitBound(instance, times: instance.types[0].times, factor: 1)
    return bound.surcharge(of: unit, most: .infinity)
  }

  @Test func cheaperOfCuttingAndTakingInIsPaid() {
    // Beside the operator of 10: on the left a net of 3 or an operator of 1 behind a net of 1, on
    // the right a net of 2 or an operator of 5.
    let problem = chain([4, 1, 10, 5], costs: [1, 3, 2], devices: 2)
    #expect(abs(surcharge(problem, of: 2) - (1 + 1 + 2)) < 1e-9)
  }

  @Test func netIsPaidOnceHoweverManyReadersItHas() {
    let problem = Problem(
      operatorCount: 4, successors: [[1, 2, 3], [], [], []],
      devices: Array(repeating: StageDevice(kind: accelerator), count: 2),
      times: [accelerator: [9, 5, 5, 5]],
      nets: [Net(producer: 0, consumers: [1, 2, 3], cost: 6)])
    #expect(abs(surcharge(problem, of: 0) - 6) < 1e-9)
  }

  @Test func provesWhatTheLargestOperatorAloneDoesNot() throws {
    let solution = try solve(chain([4, 1, 10, 5], costs: [1, 3, 2], devices: 4))
    #expect(solution.bottleneck == 14)
    #expect(solution.proof == .largestOperator)
  }

  @Test(arguments: 1...(runsLong ? 400 : 40) as ClosedRange<UInt64>)
  func noBoundExceedsTheBestCut(seed: UInt64) throws {
    var random = SeededRandom(seed: seed &+ 7_000)
    var problem = Problem.random(&random, operators: 3...7, devices: 1...4)
    problem.objective = .bottleneck
    let contraction = Contraction(successors: problem.successors, groups: problem.groups)
    let bounds = LowerBounds(DecisionSearch(Instance(problem, contraction: contraction)))
    #expect(bounds.value <= SolverOracle(problem).best() * (1 + 1e-9))
  }
}

/// A run that leaves most of the search out.
@Suite struct BeamTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func findsRealCutsAndRefutesNothing(seed: UInt64) throws {
    let problem = Problem.modules(
      2, branches: 3, depth: 2, transfer: 0.3, devices: 3, seed: seed)
    let best = try solve(problem).bottleneck
    let contraction = Contraction(successors: problem.successors, groups: [])
    let search = DecisionSearch(Instance(problem, contraction: contraction))
    var meter = WorkMeter(limits: SolverLimits(states: .max), shouldStop: { false })
    for (factor, beam) in [
      (0.9, DecisionSearch.Beam(states: 4, decisions: 64)),
      (1.3, DecisionSearch.Beam(states: 1, decisions: 1)),
      (1.3, DecisionSearch.Beam(states: 16, decisions: 512)),
    ] {
      switch search.run(threshold: best * factor, beam: beam, meter: &meter) {
      case .feasible(let path):
        let stages = search.instance.stages(of: path, StageLoads(problem))
        #expect((stages.map(\.load).max() ?? 0) >= best * (1 - 1e-9))
        #expect((stages.map(\.load).max() ?? .infinity) <= best * factor * (1 + 1e-9))
      case .infeasible: Issue.record("a beam refutes nothing")
      case .stopped: break
      }
    }
  }
}
