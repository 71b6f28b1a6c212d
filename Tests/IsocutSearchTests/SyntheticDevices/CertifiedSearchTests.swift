import Foundation
import IsocutGraph
import IsocutSearch
import IsocutSolver
import Testing

/// Whether the long suites run (`ISOCUT_LONG_TESTS=1`): a minute in a release build.
private let runsLong =
  (ProcessInfo.processInfo.environment["ISOCUT_LONG_TESTS"]).map { ["1", "all"].contains($0) }
  ?? false

/// What is asked of the certified search on devices with known truth: few measurements, a result
/// near the true optimum, and no certificate that is wrong.
@Suite struct CertifiedSearchTests {
  enum Costs: String, CaseIterable, Sendable {
    case additive, edge, noisy

    /// A noise of 2 % on either side leaves less than 6 % to be proven.
    var tolerance: Double { self == .noisy ? 0.06 : 0.01 }

    func apply(to device: inout SyntheticDevice) {
      if self != .additive { device.becomeEdgeLike() }
      if self == .noisy { device.noise = 0.02 }
    }
  }

  /// One search on a device, held against the truth.
  struct Outcome {
    var measurements: Int
    /// True bottleneck of the result / true optimum.
    var ratio: Double
    var certificate: Plan.Certificate

    /// - Parameters:
    ///   - optimum: the best that is known to be possible.
    ///   - bound: what is known to be impossible to beat; the optimum where that is exact.
    init(_ search: CutSearch, _ device: SyntheticDevice, optimum: Double, bound: Double) throws {
      let best = try #require(search.best)
      measurements = search.measurements
      ratio = device.bottleneck(best.cut) / bound
      let proof = search.proof
      certificate = proof.certificate
      guard proof.certificate == .measured else { return }
      // The certificate claims: no cut beats the bound, and the gap holds for true times too.
      let claimed = try #require(proof.bound)
      #expect(claimed <= optimum * (1 + 1e-9))
      #expect(device.bottleneck(best.cut) <= optimum * best.bottleneck / claimed * (1 + 1e-9))
      #expect(best.bottleneck / claimed <= 1 + search.reachableTolerance + 1e-9)
    }
  }

  private static func chain(
    _ costs: Costs, _ stages: Int, _ count: Int, seed: UInt64
  ) async throws -> Outcome {
    var model = SyntheticModel.chain(
      operatorCount: count, stageCount: stages, seed: seed &* 1000 &+ UInt64(count))
    costs.apply(to: &model.device)
    var search = try model.search(tolerance: costs.tolerance)
    try await search.finish()
    let optimum = model.device.chainOptimum(stageCount: stages)
    return try Outcome(search, model.device, optimum: optimum, bound: optimum)
  }

  private static func branched(
    _ costs: Costs, _ stages: Int, _ graph: PublishedGraph, seed: UInt64
  ) async throws -> Outcome {
    var model = SyntheticModel.branched(
      successors: graph.successors, times: graph.times, stageCount: stages, seed: seed)
    costs.apply(to: &model.device)
    var search = try model.search(tolerance: costs.tolerance)
    try await search.finish()
    let optimum = try model.device.optimum(stageCount: stages)
    return try Outcome(
      search, model.device, optimum: optimum.bottleneck, bound: optimum.lowerBound)
  }

  @Test(arguments: Costs.allCases, [2, 4])
  func chainsAreProvenFromFewMeasurements(costs: Costs, stages: Int) async throws {
    for seed in 0..<3 as Range<UInt64> {
      let outcome = try await Self.chain(costs, stages, 60, seed: seed)
      #expect(outcome.certificate == .measured)
      #expect(outcome.measurements <= 5 * stages + 4)
      #expect(outcome.ratio <= (costs == .noisy ? 1.03 : 1.01))
    }
  }

  @Test(arguments: Costs.allCases, ["bert24", "resnet50"])
  func branchedGraphsAreProvenOverAllCuts(costs: Costs, name: String) async throws {
    let outcome = try await Self.branched(costs, 2, try PublishedGraph(name), seed: 7)
    #expect(outcome.certificate == .measured)
    #expect(outcome.measurements <= 14)
    #expect(outcome.ratio <= (costs == .noisy ? 1.03 : 1.01))
  }

  /// Where a first measurement came out 2 % low, the cut that is 3 % slower than the best looks as good.
  @Test(arguments: [(4, 300, 7), (5, 120, 4), (6, 120, 0)] as [(Int, Int, UInt64)])
  func aCutThatNoiseWasKindToIsFoundOut(stages: Int, count: Int, seed: UInt64) async throws {
    let outcome = try await Self.chain(.noisy, stages, count, seed: seed)
    #expect(outcome.ratio <= 1.02)
    #expect(outcome.measurements <= 5 * stages + 4)
  }

  /// Prints the mean and the worst of many outcomes as a row of the table in docs/benchmarks.md, and
  /// holds them against what is asked of the search.
  private func judge(_ name: String, _ costs: Costs, _ stages: Int, _ outcomes: [Outcome]) {
    let counts = outcomes.map { Double($0.measurements) }
    let excess = outcomes.map { 100 * ($0.ratio - 1) }
    let kinds = Dictionary(grouping: outcomes, by: \.certificate.rawValue).mapValues(\.count)
    print(
      Row(
        graphs: name, costs: costs, stages: stages, counts: counts, excess: excess,
        certificates: kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
          .joined(separator: ", ")))
    let mean = counts.reduce(0, +) / Double(counts.count)
    #expect(mean <= Double(3 * stages + 2))
    #expect(counts.max() ?? 0 <= Double(5 * stages + 4))
    let meanExcess = excess.reduce(0, +) / Double(excess.count)
    if costs == .noisy {
      #expect(meanExcess <= 1)
      #expect(excess.max() ?? 0 <= 3)
    } else {
      #expect(meanExcess <= 0.3)
      #expect(excess.max() ?? 0 <= 1)
    }
  }

  @Test(.enabled(if: runsLong), arguments: Costs.allCases, 2...8)
  func thousandsOfChains(costs: Costs, stages: Int) async throws {
    var outcomes: [Outcome] = []
    for count in [60, 120, 200, 300] {
      for seed in 0..<25 as Range<UInt64> {
        outcomes.append(try await Self.chain(costs, stages, count, seed: seed))
      }
    }
    judge("chains", costs, stages, outcomes)
    #expect(outcomes.allSatisfy { $0.certificate == .measured })
  }

  @Test(.enabled(if: runsLong), arguments: Costs.allCases, [2, 4, 8])
  func branchedGraphs(costs: Costs, stages: Int) async throws {
    var outcomes: [Outcome] = []
    for (name, seeds) in [("bert24", 10), ("resnet50", 5), ("inceptionv3", 2)] {
      let graph = try PublishedGraph(name)
      for seed in 0..<UInt64(seeds) {
        outcomes.append(try await Self.branched(costs, stages, graph, seed: seed))
      }
    }
    judge("branched", costs, stages, outcomes)
    #expect(outcomes.allSatisfy { [.measured, .measuredOrder].contains($0.certificate) })
  }

  /// The vendor tool's procedure costs what a throw-away reading of its source counted: 376 rounds
  /// and 1,508 compilations at the mean of 20 such chains in 4 stages.
  @Test(.enabled(if: runsLong), arguments: [2, 4, 8])
  func bisectingCostsWhatTheVendorToolCosts(stages: Int) async throws {
    var rounds: [Double] = []
    var excess: [Double] = []
    for count in [60, 120, 200, 300] {
      for seed in 0..<5 as Range<UInt64> {
        var model = SyntheticModel.chain(
          operatorCount: count, stageCount: stages, seed: seed &* 1000 &+ UInt64(count))
        model.device.becomeEdgeLike()
        var search = try model.search()
        try await search.bisect(
          from: EqualParameters.cut(model.device.graph, stageCount: stages))
        let best = try #require(search.best)
        rounds.append(Double(search.rounds))
        let optimum = model.device.chainOptimum(stageCount: stages)
        excess.append(100 * (model.device.bottleneck(best.cut) / optimum - 1))
      }
    }
    // Every round compiles all stages.
    print(
      Row(
        graphs: "chains, libcoral", costs: .edge, stages: stages,
        counts: rounds.map { $0 * Double(stages) }, excess: excess, certificates: "none"))
    let counted = [2: 51.0, 4: 376, 8: 1411]
    let mean = rounds.reduce(0, +) / Double(rounds.count)
    let expected = try #require(counted[stages])
    #expect(mean <= 1.5 * expected && mean >= expected / 1.5)
  }
}

/// Means with the worst in brackets.
private struct Row: CustomStringConvertible {
  var graphs: String
  var costs: CertifiedSearchTests.Costs
  var stages: Int
  var counts: [Double]
  /// Percent above the optimum.
  var excess: [Double]
  var certificates: String

  var description: String {
    func summary(_ values: [Double], _ digits: Int, worstDigits: Int) -> String {
      let mean = values.reduce(0, +) / Double(values.count)
      return String(
        format: "%.\(digits)f (%.\(worstDigits)f)", max(0, mean), max(0, values.max() ?? 0))
    }
    let columns = [
      graphs, costs.rawValue, "\(stages)", "\(counts.count)",
      summary(counts, 1, worstDigits: 0), summary(excess, 2, worstDigits: 2), certificates,
    ]
    return "| " + columns.joined(separator: " | ") + " |"
  }
}
