import Foundation
import IsocutGraph
import IsocutSolver
import Testing
import _IsocutTestSupport

/// Whether the exhaustive suites run; they take minutes in a debug build.
let runsLong = ProcessInfo.processInfo.environment["ISOCUT_LONG_TESTS"] == "1"

/// The solver says the same as listing every cut.
@Suite struct OracleTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func mixedRandomProblems(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<(runsLong ? 20_000 : 60) {
      let problem = Problem.random(&random, operators: 1...(runsLong ? 8 : 6), devices: 1...4)
      try expectOptimal(problem, "seed \(seed), round \(round)")
    }
  }
}

/// Checks value, proof and every stage of the solver's answer.
func expectOptimal(_ problem: Problem, _ label: @autoclosure () -> String) throws {
  let expected = SolverOracle(problem).best()
  let solution = try solve(problem)
  let value: Double
  if case .latencyWithinBottleneck = problem.objective {
    value = solution.latency
  } else {
    value = solution.bottleneck
  }
  let isEqual = value == expected || abs(value - expected) <= 1e-8 * expected
  if !isEqual || !solution.isOptimal || solution.lowerBound > expected * (1 + 1e-9) {
    Issue.record(
      "\(label()): solver \(value), optimal \(solution.isOptimal), bound \(solution.lowerBound), oracle \(expected)\n\(problem)")
  }
  try expectValid(solution, problem)
}

/// Checks that a solution is a cut of its problem and that its figures are true.
func expectValid(_ solution: Solution, _ problem: Problem) throws {
  guard solution.isFeasible else { return }
  var stageOf = Array(repeating: -1, count: problem.operatorCount)
  for (index, stage) in solution.stages.enumerated() {
    #expect(!stage.operators.isEmpty)
    for member in stage.operators {
      #expect(stageOf[member] == -1)
      stageOf[member] = index
    }
  }
  #expect(!stageOf.contains(-1))
  for (index, targets) in problem.successors.enumerated() {
    for target in targets { #expect(stageOf[index] <= stageOf[target]) }
  }
  for group in problem.groups { #expect(Set(group.map { stageOf[$0] }).count <= 1) }
  let devices = solution.stages.flatMap(\.devices)
  #expect(Set(devices).count == devices.count)
  if problem.usesAllDevices { #expect(devices.count == problem.devices.count) }
  if problem.deviceOrder == .asListed, Set(problem.devices).count > 1 {
    #expect(devices == devices.sorted())
  }
  for (member, device) in problem.bindings {
    #expect(solution.stages[stageOf[member]].devices == [device])
  }
  let loads = StageLoads(problem)
  for stage in solution.stages {
    let load = loads.load(of: stage.operators, onDevice: stage.device)
    #expect(stage.load == load / Double(stage.devices.count))
    #expect(stage.load <= solution.bottleneck)
    if let limit = problem.devices[stage.device].memoryLimit {
      #expect(loads.bytes(of: stage.operators) <= limit)
    }
  }
  #expect(solution.lowerBound <= solution.bottleneck || solution.lowerBound <= solution.latency)
}
