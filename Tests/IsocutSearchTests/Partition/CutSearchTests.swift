import IsocutGraph
import IsocutSearch
import IsocutSolver
import Testing
import _IsocutTestSupport

/// A device with known truth: operator times, a fixed cost per call and a cost at some seams.
private struct SyntheticDevice: StageMeasuring {
  var graph: Graph
  var times: [Double]
  var call = 0.0
  var seams: [TensorIndex: Double] = [:]
  var broken: OperatorSet?

  func milliseconds(_ stage: OperatorSet) -> Double {
    let boundary = graph.boundary(of: stage)
    let cost = (boundary.inputs + boundary.outputs).reduce(0) { $0 + (seams[$1] ?? 0) }
    return stage.reduce(0) { $0 + times[$1] } + call + cost
  }

  func measure(_ stage: OperatorSet, on device: Device) async throws -> StageTime {
    if stage == broken { return .failed("it crashed") }
    let time = milliseconds(stage)
    return StageTime(
      milliseconds: time, low: time, high: time, latency: time, isSteady: true)
  }

  /// The best bottleneck of two stages along the chain, by trying all places.
  var bestOfTwo: Double {
    (1..<times.count).map { place in
      max(
        milliseconds(OperatorSet(0..<place, capacity: times.count)),
        milliseconds(OperatorSet(place..<times.count, capacity: times.count)))
    }.min() ?? .infinity
  }
}

@Suite struct CutSearchTests {
  private func search(
    _ device: SyntheticDevice, prior: [Double], stages: Int, measurements: Int? = nil
  ) async throws -> CutSearch {
    let layout = try ClusterLayout(
      cpus: Array(0..<stages), stageCount: stages, clusterSizes: nil, mos: nil)
    var search = CutSearch(
      graph: device.graph, devices: layout.devices,
      firstTimes: [layout.devices[0].speedKind: prior],
      limits: CutSearch.Limits(tolerance: 0.01, measurements: measurements), measurer: device)
    _ = try await search.measure(EqualParameters.cut(device.graph, stageCount: stages))
    try await search.run()
    return search
  }

  /// Times that differ a lot and a prior that is up to 40 % wrong, from a seed.
  private func device(seed: UInt64, count: Int) -> (SyntheticDevice, prior: [Double]) {
    var generator = SplitMix(state: seed)
    let times = (0..<count).map { _ in 0.05 + pow2(generator.unit() * 6) / 16 }
    let prior = times.map { $0 * (0.6 + 0.8 * generator.unit()) }
    return (
      SyntheticDevice(
        graph: .chain(operatorCount: count, skips: [], bytes: 4), times: times), prior
    )
  }

  @Test(arguments: 0..<40)
  func additiveTimesEndWithinToleranceOfTheBest(seed: UInt64) async throws {
    let (device, prior) = device(seed: seed, count: 60)
    let search = try await search(device, prior: prior, stages: 2)
    let best = try #require(search.best)
    #expect(best.bottleneck <= device.bestOfTwo * 1.012)
    #expect(search.measurements <= 30)
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
    device.broken = OperatorSet(0..<10, capacity: 20)
    let search = try await search(device, prior: device.times, stages: 2)
    #expect(search.best?.bottleneck == 11)
  }

  @Test func theBudgetIsKept() async throws {
    let (device, prior) = device(seed: 5, count: 60)
    let search = try await search(device, prior: prior.reversed(), stages: 4, measurements: 6)
    #expect(search.measurements <= 6)
    #expect(search.best != nil)
  }

  @Test func theSameCostsGiveTheSameCut() async throws {
    let (device, prior) = device(seed: 9, count: 80)
    let first = try await search(device, prior: prior, stages: 3)
    let second = try await search(device, prior: prior, stages: 3)
    #expect(first.best?.cut == second.best?.cut)
    #expect(first.measurements == second.measurements)
  }
}

private func pow2(_ exponent: Double) -> Double {
  var value = 1.0
  for _ in 0..<Int(exponent) { value *= 2 }
  return value * (1 + exponent - exponent.rounded(.down))
}

/// Steele, Lea and Flood's SplitMix64.
private struct SplitMix {
  var state: UInt64

  mutating func unit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }
}
