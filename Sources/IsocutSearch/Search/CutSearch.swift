package import IsocutGraph
import IsocutSolver

/// The search for a good cut from few measurements: the solver cuts under what is known, the stages
/// of that cut are measured, what was learnt corrects the costs, until nothing better is predicted.
/// Further measurements are then aimed at the proof that nothing better exists.
package struct CutSearch: Sendable {
  package struct Limits: Sendable {
    /// The share by which the best measured cut may be slower than what is proven.
    package var tolerance: Double
    package var measurements: Int?
    /// Asked before each measurement; true ends the search with what is known, at the earliest with
    /// the first cut.
    package var isOver: @Sendable () -> Bool
    /// Likewise; true ends it at once.
    package var isInterrupted: @Sendable () -> Bool

    package init(
      tolerance: Double, measurements: Int? = nil,
      isOver: @escaping @Sendable () -> Bool = { false },
      isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
      self.tolerance = tolerance
      self.measurements = measurements
      self.isOver = isOver
      self.isInterrupted = isInterrupted
    }
  }

  /// A cut with all its stages measured.
  package struct Candidate: Sendable {
    package var cut: Cut
    package var predicted: [Double]
    package var times: [StageTime]
    /// What the stages are likely to take: as measured, but moved within their intervals by what
    /// other measurements say of them. What noise made look fast is not taken for the best.
    package var likely: [Double]

    package var bottleneck: Double { likely.max() ?? .infinity }
    /// Upper end of the interval of the slowest stage.
    package var high: Double { times.map(\.high).max() ?? .infinity }
  }

  package var best: Candidate? { candidates.first }

  package let graph: Graph
  package let devices: [Device]
  package internal(set) var rounds = 0
  package private(set) var measurements = 0
  /// Measurements that other searches took from the same budget.
  package var measurementsElsewhere = 0
  /// All cuts whose stages were all measured, the best first, each once.
  package private(set) var candidates: [Candidate] = []
  /// The last stage that does not run, with its place in the pipeline.
  package private(set) var failure: (stage: OperatorSet, place: Int, time: StageTime)?
  /// What no cut can beat if the learnt times are right; nil before the first solution.
  package internal(set) var modelBound: Double?
  /// All cuts of the graph.
  let allCuts: ProofScope
  var learnt: [DeviceKind: LearntTimes]
  var known = KnownStages()
  /// The one order for which a proof was tried where that over all cuts did not succeed.
  var oneOrder: ProofScope?
  /// Whether measured stages correct predictions: not where a procedure has no use for them.
  var learns = true
  /// Whether all cuts of the graph's own order were measured.
  var isExhausted = false
  /// Cuts that were left because a stage took too long to beat the best one.
  var disappointments = 0
  var triedNeighbours: Set<Cut> = []
  var assumptionTests = 0
  /// Measured stages of cuts that are nearly as good as the best one.
  package internal(set) var runnerUpStages = 0
  let limits: Limits
  private(set) var measuredCuts: Set<Cut> = []
  private let measurer: any StageMeasuring
  private let report: @Sendable (SearchEvent) -> Void

  /// - Parameter priors: what is known of each kind of device among `devices`.
  package init(
    graph: Graph, devices: [Device], priors: [DeviceKind: LearntTimes.Prior], limits: Limits,
    measurer: any StageMeasuring, report: @escaping @Sendable (SearchEvent) -> Void = { _ in }
  ) {
    self.graph = graph
    self.devices = devices
    let bytes = graph.parameterBytes
    learnt = priors.mapValues {
      LearntTimes(prior: $0, totalBytes: bytes, stageCount: devices.count)
    }
    allCuts = ProofScope(graph, kinds: devices.map(\.speedKind))
    self.limits = limits
    self.measurer = measurer
    self.report = report
  }

  /// Where the first so many stages all fail, the engine or its limits are at fault, not the cut.
  private static let patienceWithFailures = 8

  /// False once a limit is reached.
  package var mayMeasure: Bool {
    if limits.isOver() || limits.isInterrupted() { return false }
    if measurements >= Self.patienceWithFailures, known.allFailed { return false }
    return limits.measurements.map { measurements + measurementsElsewhere < $0 } ?? true
  }

  /// Measures all stages of a cut and takes it as the best one where it is.
  @discardableResult
  package mutating func measure(_ cut: Cut) async throws -> Candidate? {
    try await measure(stages: cut.stages, abandonAbove: .infinity)
  }

  /// Measures the stages that are not known yet, the slowest predicted first, and gives up as soon
  /// as one of them is no better than `limit`: the rest would be paid for nothing.
  @discardableResult
  mutating func measure(
    stages: [OperatorSet], abandonAbove limit: Double
  ) async throws -> Candidate? {
    rounds += 1
    let predictions = learns ? Predictions(self) : nil
    let predicted = stages.indices.map {
      predictions?.load(of: stages[$0], onDevice: $0) ?? 0
    }
    let order = stages.indices.sorted { (predicted[$0], $1) > (predicted[$1], $0) }
    try await announce(stages)
    for index in order {
      let time: StageTime
      if let found = known[stages[index], devices[index].speedKind]?.time {
        time = found
      } else {
        guard mayMeasure || (best == nil && !limits.isInterrupted()) else { return nil }
        time = try await measure(stages[index], index, predicted: learns ? predicted[index] : nil)
      }
      if time.milliseconds >= limit { return nil }
    }
    return take(stages)
  }

  /// Lets the stages of a cut that are not known yet be made ready at the same time.
  func announce(_ stages: [OperatorSet]) async throws {
    let unknown = stages.indices.filter { known[stages[$0], devices[$0].speedKind] == nil }
    guard mayMeasure, unknown.count > 1 else { return }
    try await measurer.willMeasure(unknown.map { (stages[$0], devices[$0]) })
  }

  /// Takes a cut whose stages are all known as a candidate.
  @discardableResult
  mutating func take(_ stages: [OperatorSet]) -> Candidate? {
    let entries = stages.indices.compactMap { known[stages[$0], devices[$0].speedKind] }
    guard entries.count == stages.count else { return nil }
    let candidate = Candidate(
      cut: Cut(stages: stages), predicted: entries.compactMap(\.predicted),
      times: entries.map(\.time), likely: entries.map(\.likely))
    let isBest = candidate.bottleneck < best?.bottleneck ?? .infinity
    if measuredCuts.insert(candidate.cut).inserted {
      let place =
        candidates.firstIndex { candidate.bottleneck < $0.bottleneck } ?? candidates.count
      candidates.insert(candidate, at: place)
    }
    report(.candidate(round: rounds, bottleneck: candidate.bottleneck, isBest: isBest))
    return candidate
  }

  /// Looks at the candidates again in the light of everything measured.
  private mutating func rank() {
    for index in candidates.indices {
      candidates[index].likely = zip(candidates[index].cut.stages, devices).compactMap {
        known[$0, $1.speedKind]?.likely
      }
    }
    // Among equals the first one measured stays the best.
    candidates = candidates.enumerated()
      .sorted { ($0.element.bottleneck, $0.offset) < ($1.element.bottleneck, $1.offset) }
      .map(\.element)
  }

  /// Measures one stage on the device of the given place in the pipeline.
  mutating func measure(
    _ stage: OperatorSet, _ place: Int, predicted: Double?
  ) async throws -> StageTime {
    report(
      .measuring(round: rounds, stage: place, operators: stage.count, predicted: predicted))
    let time = try await measurer.measure(stage, on: devices[place])
    measurements += 1
    report(.measured(round: rounds, stage: place, time: time))
    let kind = devices[place].speedKind
    known.take(
      KnownStages.Entry(operators: stage, kind: kind, time: time, predicted: predicted))
    guard !time.failed else {
      failure = (stage, place, time)
      return time
    }
    guard learns else { return time }
    let observation = LearntTimes.Observation(
      operators: stage, seams: seams(of: stage), bytes: graph.parameterBytes(of: stage),
      milliseconds: time.milliseconds,
      noise: (time.high - time.low) / 3.5 / max(time.milliseconds, 1e-12))
    learnt[kind]?.learn(observation)
    if let learnt = learnt[kind] {
      known.refine(kind, learnt.likely)
      rank()
    }
    return time
  }

  /// The tensors at which a stage is cut out of the model; its own inputs and outputs are none.
  private func seams(of stage: OperatorSet) -> Set<TensorIndex> {
    let boundary = graph.boundary(of: stage)
    return Set(
      boundary.inputs.filter { graph.tensors[$0].producer != nil }
        + boundary.outputs.filter { output in
          graph.tensors[output].consumers.contains { !stage.contains($0) }
        })
  }
}
