import Foundation
import IsocutGraph
import IsocutSolver
import Testing
import _IsocutTestSupport

/// Whether the long suites run (`ISOCUT_LONG_TESTS=1`): minutes in a release build.
let runsLong = runsAll || ProcessInfo.processInfo.environment["ISOCUT_LONG_TESTS"] == "1"
/// Whether they leave nothing out (`ISOCUT_LONG_TESTS=all`): a quarter of an hour.
let runsAll = ProcessInfo.processInfo.environment["ISOCUT_LONG_TESTS"] == "all"

/// The solver says the same as listing every cut.
@Suite struct OracleTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func mixedRandomProblems(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<(runsAll ? 5_000 : runsLong ? 1_000 : 30) {
      let problem = Problem.random(&random, operators: 1...(runsLong ? 8 : 6), devices: 1...4)
      try expectOptimal(problem, "seed \(seed), round \(round)")
    }
  }

  /// Larger graphs: up to twelve operators, where listing every pair of cuts still ends.
  @Test(arguments: [11, 12, 13, 14] as [UInt64])
  func randomProblemsOfUpToTwelveOperators(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<(runsAll ? 1_000 : runsLong ? 100 : 2) {
      let problem = Problem.random(&random, operators: 9...12, devices: 1...4)
      try expectOptimal(problem, "seed \(seed), round \(round)")
    }
  }

  /// Every directed graph of six operators in a fixed order, one edge pattern a bit.
  @Test(arguments: 0..<variantCount)
  func allEdgePatternsOfSixOperators(variant: Int) throws {
    for pattern in stride(from: 0, to: 1 << 15, by: runsAll ? 1 : runsLong ? 11 : 4_095) {
      try expectOptimal(
        Self.variant(variant, pattern: pattern), "pattern \(pattern), variant \(variant)")
    }
  }

  static let variantCount = 8

  /// One edge pattern under one set of costs and devices; devices are 1 to 4, by the pattern.
  static func variant(_ number: Int, pattern: Int) -> Problem {
    let accelerator = DeviceKind(rawValue: "acc")
    var successors: [[Int]] = Array(repeating: [], count: 6)
    var bit = 0
    for source in 0..<6 {
      for target in source + 1..<6 {
        if pattern >> bit & 1 == 1 { successors[source].append(target) }
        bit += 1
      }
    }
    let times = [[3, 1, 4, 1, 5, 9], [2, 2, 2, 2, 2, 2], [0, 7, 0, 3, 0, 5]][number % 3]
    let costs = [[1, 2, 1, 3, 1, 0], [4, 1, 6, 2, 5, 0]][number % 2]
    let devices = number < 4 ? number + 1 : pattern % 3 + 2
    var problem = Problem(
      operatorCount: 6, successors: successors,
      devices: Array(repeating: StageDevice(kind: accelerator), count: devices),
      deviceOrder: .interchangeable,
      times: [accelerator: times.map(Double.init), .cpu: times.map { Double(3 * $0 + 1) }])
    if number != 1 {
      problem.nets = (0..<6).filter { !successors[$0].isEmpty }.map {
        Net(producer: $0, consumers: successors[$0], cost: Double(costs[$0]))
      }
    }
    switch number {
    case 4:
      problem.memory.operatorBytes = [2, 1, 3, 1, 2, 2]
      for index in problem.devices.indices { problem.devices[index].memoryLimit = 6 }
    case 5: problem.devices[0] = StageDevice(kind: .cpu, overhead: 1, transferFactor: 0)
    case 6: problem.maximumCopies = 3
    case 7: problem.usesAllDevices = true
    default: break
    }
    return problem
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
      "\(label()): solver \(value), optimal \(solution.isOptimal), bound \(solution.lowerBound), oracle \(expected)\n\(problem)"
    )
  }
  try solution.check(for: problem)
}
