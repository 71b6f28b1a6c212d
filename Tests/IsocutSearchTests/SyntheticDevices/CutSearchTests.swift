import IsocutGraph
import IsocutSearch
import IsocutSolver
import Testing
import _IsocutTestSupport

@Suite struct CutSearchTests {
  private func search(
    _ device: SyntheticDevice, prior: [Double], stages: Int, measurements: Int? = nil
  ) async throws -> CutSearch {
    var search = try SyntheticModel(device: device, guess: prior, stageCount: stages)
      .search(measurements: measurements)
    try await search.finish()
    return search
  }

  /// Times that differ a lot and a prior that is up to 40 % wrong, from a seed.
  private func device(seed: UInt64, count: Int) -> (SyntheticDevice, prior: [Double]) {
    let model = SyntheticModel.chain(
      operatorCount: count, stageCount: 2, guessSpread: 0.4, seed: seed)
    return (model.device, model.guess)
  }

  @Test func aSeamThatCostsIsAvoided() async throws {
    var device = SyntheticDevice(
      graph: .chain(operatorCount: 20, skips: [], bytes: 4),
      times: Array(repeating: 1, count: 20))
    // Cutting in the middle breaks a fusion; one further it does not.
    device.seams = [10: 3]
    let search = try await search(device, prior: device.times, stages: 2)
    #expect(search.best?.bottleneck == 11)
  }

  @Test func aStageThatFailsIsAvoided() async throws {
    var device = SyntheticDevice(
      graph: .chain(operatorCount: 20, skips: [], bytes: 4),
      times: Array(repeating: 1, count: 20))
    device.broken = [OperatorSet(0..<10, capacity: 20)]
    let search = try await search(device, prior: device.times, stages: 2)
    #expect(search.best?.bottleneck == 11)
  }

  @Test func theBudgetIsKept() async throws {
    let (device, prior) = device(seed: 5, count: 60)
    let search = try await search(device, prior: prior.reversed(), stages: 4, measurements: 6)
    #expect(search.measurements <= 6)
    #expect(search.best != nil)
  }

  @Test func aFirstCutIsMeasuredWholeEvenIfItDisappoints() async throws {
    for budget in 4...9 {
      let (device, prior) = device(seed: 5, count: 60)
      let search = try await search(
        device, prior: prior.reversed(), stages: 4, measurements: budget)
      #expect(search.measurements <= budget)
      #expect(search.best != nil)
    }
  }

  /// Noise of 5 %, and noise that the intervals hide so that measurements contradict each other:
  /// the search ends, and near the optimum.
  @Test(arguments: [nil, 0.005])
  func noiseNeitherKeepsTheSearchGoingNorLeadsItAstray(claimed: Double?) async throws {
    for seed in 0..<5 as Range<UInt64> {
      var model = SyntheticModel.chain(operatorCount: 60, stageCount: 3, seed: seed)
      model.device.noise = 0.05
      model.device.claimedNoise = claimed
      var search = try model.search()
      try await search.finish()
      #expect(search.measurements <= 45)
      let best = try #require(search.best)
      // Two measurements of one time may be 10 % apart.
      #expect(
        model.device.bottleneck(best.cut) <= 1.1 * model.device.chainOptimum(stageCount: 3))
    }
  }

  @Test func theSameCostsGiveTheSameCut() async throws {
    let (device, prior) = device(seed: 9, count: 80)
    let first = try await search(device, prior: prior, stages: 3)
    let second = try await search(device, prior: prior, stages: 3)
    #expect(first.best?.cut == second.best?.cut)
    #expect(first.measurements == second.measurements)
  }

  @Test func aCutOffCutThatContradictsLeavesNothingProven() async throws {
    // Cut anywhere but between 9 and 10, a stage takes longer than the whole model.
    var device = SyntheticDevice(
      graph: .chain(operatorCount: 20, skips: [], bytes: 4),
      times: Array(repeating: 1, count: 20))
    for tensor in 1..<20 where tensor != 10 { device.seams[tensor] = 12 }
    let search = try await search(device, prior: device.times.reversed(), stages: 2)
    if search.proof.certificate == .measured {
      let bound = try #require(search.proof.bound)
      #expect(bound <= 10)
    }
    #expect(search.best?.bottleneck == 10)
  }

  @Test func everyCutIsTriedByTheExhaustiveSearch() async throws {
    let model = SyntheticModel.chain(operatorCount: 14, stageCount: 3, seed: 3)
    var search = try model.search()
    try await search.measureAll()
    let best = try #require(search.best)
    let optimum = model.device.chainOptimum(stageCount: 3)
    #expect(abs(best.bottleneck - optimum) <= 1e-9 * optimum)
    // 12 beginnings, 12 ends, 12 x 13 / 2 in the middle.
    #expect(search.measurements == 12 + 12 + 78)
    #expect(search.proof.certificate == .measuredOrder)
  }

  @Test func tooManyStagesAreRefusedByTheExhaustiveSearch() async throws {
    let model = SyntheticModel.chain(operatorCount: 300, stageCount: 3, seed: 3)
    var search = try model.search()
    await #expect(throws: IsocutError.self) { try await search.measureAll() }
    #expect(search.measurements == 0)
  }

  @Test(arguments: [2, 5, 8])
  func bisectingEndsWithinItsThreshold(stages: Int) async throws {
    let model = SyntheticModel.chain(operatorCount: 40, stageCount: stages, seed: 11)
    var search = try model.search()
    var rule = BisectionRule()
    rule.diffThresholdMs = 0.05
    let first = try EqualParameters.cut(model.device.graph, stageCount: stages)
    try await search.bisect(from: first, rule)
    let best = try #require(search.best)
    let optimum = model.device.chainOptimum(stageCount: stages)
    #expect(best.bottleneck <= optimum + 0.06)
    #expect(best.bottleneck <= model.device.bottleneck(first))
    #expect(search.measurements <= search.rounds * stages)
  }

  @Test func bisectingStartsElsewhereWhereTheFirstSplitFails() async throws {
    var device = SyntheticDevice(
      graph: .chain(operatorCount: 20, skips: [], bytes: 4),
      times: Array(repeating: 1, count: 20))
    let first = try EqualParameters.cut(device.graph, stageCount: 2)
    device.broken = [first.stages[0]]
    var search = try SyntheticModel(device: device, guess: device.times, stageCount: 2).search()
    try await search.bisect(from: first)
    #expect(search.best?.bottleneck == 11)
  }
}
