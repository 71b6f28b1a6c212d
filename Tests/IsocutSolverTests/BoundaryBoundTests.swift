import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutSolver

/// The bound by boundaries prunes, but never a cut that exists.
@Suite struct BoundaryBoundTests {
  private func isFeasible(_ search: DecisionSearch, _ threshold: Double) -> Bool? {
    var meter = WorkMeter(limits: SolverLimits(states: .max), shouldStop: { false })
    switch search.run(threshold: threshold, meter: &meter) {
    case .feasible: return true
    case .infeasible: return false
    case .stopped: return nil
    }
  }

  @Test(arguments: 1...(runsLong ? 300 : 5) as ClosedRange<UInt64>)
  func decisionsAreTheSameWithAndWithoutIt(seed: UInt64) throws {
    let problem = Problem.modules(
      3, branches: 2 + Int(seed % 2), depth: 2, transfer: [0.05, 0.5, 2][Int(seed % 3)],
      devices: 2 + Int(seed % 4), seed: seed)
    let contraction = Contraction(successors: problem.successors, groups: [])
    let plain = DecisionSearch(Instance(problem, contraction: contraction))
    let bounded = DecisionSearch(Instance(problem, contraction: contraction))
    bounded.prepareProfile()
    #expect(bounded.profile != nil)
    let best = try solve(problem).bottleneck
    for factor in [0.9, 0.98, 1 - 1e-6, 1, 1.02] {
      #expect(isFeasible(bounded, best * factor) == (factor >= 1))
      #expect(isFeasible(plain, best * factor) == (factor >= 1))
    }
  }

  @Test func profileIsTheLeastCrossingOfEachWeight() throws {
    // One fork of two unit branches between unit ends; all nets cost 1 and are short.
    let kind = DeviceKind(rawValue: "acc")
    let problem = Problem(
      operatorCount: 4, successors: [[1, 2], [3], [3], []],
      devices: Array(repeating: StageDevice(kind: kind), count: 2),
      times: [kind: [1, 1, 1, 1]],
      nets: [[1, 2], [3], [3]].enumerated().map {
        Net(producer: $0, consumers: $1, cost: 1)
      })
    let instance = Instance(
      problem, contraction: Contraction(successors: problem.successors, groups: []))
    let profile = try #require(
      CutProfile(instance, weights: [1, 1, 1, 1], stageWeight: 4))
    #expect(profile.allAreShort)
    #expect([0, 1, 2, 3, 4].map { profile.least[profile.bucket($0)] } == [0, 1, 2, 2, 0])
    #expect(profile.least[profile.bucket(1.5)] == .infinity)
  }
}
