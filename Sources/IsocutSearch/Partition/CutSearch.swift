package import IsocutGraph
import IsocutSolver

/// The loop that finds a good cut from few measurements: the solver cuts under what is known, the
/// stages of that cut are measured, what was learnt corrects the costs, until nothing better is
/// predicted and no neighbour of the best cut is better.
package struct CutSearch: Sendable {
  package struct Limits: Sendable {
    /// Stop when the best prediction is less than this share better than the best measured cut.
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

    package var bottleneck: Double { times.map(\.milliseconds).max() ?? .infinity }
  }

  package var best: Candidate? { candidates.first }

  package let graph: Graph
  package let devices: [Device]
  package private(set) var learnt: [DeviceKind: LearntTimes]
  package private(set) var rounds = 0
  package private(set) var measurements = 0
  /// All cuts whose stages were all measured, the best first, each once.
  package private(set) var candidates: [Candidate] = []
  /// Why the last stage that does not run does not.
  package private(set) var failure: String?
  /// What no cut can beat if the learnt times are right; nil before the first solution.
  package private(set) var modelBound: Double?
  private var known: [StageKey: StageTime] = [:]
  private var triedNeighbours: Set<Cut> = []
  private let limits: Limits
  private let measurer: any StageMeasuring
  private let report: @Sendable (SearchEvent) -> Void

  private struct StageKey: Hashable {
    var operators: OperatorSet
    var kind: DeviceKind
  }

  /// - Parameters:
  ///   - firstTimes: milliseconds of each operator by kind of device.
  ///   - commonSpread: how wrong all of them may be together, as a share.
  package init(
    graph: Graph, devices: [Device], firstTimes: [DeviceKind: [Double]],
    commonSpread: Double = 0.1, limits: Limits,
    measurer: any StageMeasuring, report: @escaping @Sendable (SearchEvent) -> Void = { _ in }
  ) {
    self.graph = graph
    self.devices = devices
    self.learnt = firstTimes.mapValues {
      LearntTimes(prior: $0, commonSpread: commonSpread)
    }
    self.limits = limits
    self.measurer = measurer
    self.report = report
  }

  /// Measures all stages of a cut and takes it as the best one where it is.
  ///
  /// - Parameter limit: milliseconds; a cut with a stage that is no better is given up.
  package mutating func measure(
    _ cut: Cut, abandonAbove limit: Double = .infinity
  ) async throws -> Candidate? {
    try await measure(stages: cut.stages, abandonAbove: limit)
  }

  /// Runs until nothing better is predicted, and no neighbour of the best cut is better when it is
  /// measured, or a limit is reached.
  ///
  /// - Parameter target: cuts that do not promise to beat this bottleneck are not measured; the best
  ///   cut of an earlier search with other options.
  package mutating func run(below target: Double = .infinity) async throws {
    repeat {
      try await followPredictions(below: target)
    } while try await improveByNeighbours(below: target)
    // Neighbours have taught more since the last solution.
    if modelBound != nil { modelBound = try solve(problem(), limits: Self.solverLimits).lowerBound }
  }

  private static let solverLimits = SolverLimits(states: 200_000)

  private mutating func followPredictions(below target: Double) async throws {
    while mayMeasure {
      let solution = try solve(problem(), limits: Self.solverLimits)
      let goal = min(best?.bottleneck ?? .infinity, target)
      modelBound = solution.lowerBound
      guard solution.isFeasible, solution.bottleneck < goal * (1 - limits.tolerance) else { return }
      let before = measurements
      _ = try await measure(
        stages: solution.stages.map(\.operators), abandonAbove: goal)
      // Nothing new was learnt, so the next solution would be the same.
      if measurements == before { return }
    }
  }

  /// Measures cuts that make the bottleneck of the best one smaller by a few operators: what the
  /// model has learnt wrongly near its end (a seam that costs, small operators that fuse) shows here.
  ///
  /// - Returns: true as soon as a better cut is found.
  private mutating func improveByNeighbours(below target: Double) async throws -> Bool {
    guard let start = best, start.bottleneck <= target else { return false }
    for cut in neighbours(of: start) where triedNeighbours.insert(cut).inserted {
      guard mayMeasure else { return false }
      // What is predicted to be far worse is not worth a measurement.
      let stages = cut.stages
      let predicted = stages.indices.map { predict(stages[$0], on: devices[$0].speedKind) }
      guard predicted.max() ?? .infinity < 1.15 * start.bottleneck else { continue }
      _ = try await measure(
        stages: stages, abandonAbove: start.bottleneck * (1 - limits.tolerance / 4))
      if let now = best, now.bottleneck < start.bottleneck { return true }
    }
    return false
  }

  /// The cuts in which the slowest stage gives its last or first few units to its neighbour.
  private func neighbours(of candidate: Candidate) -> [Cut] {
    let times = candidate.times.map(\.milliseconds)
    guard let slowest = times.indices.max(by: { times[$0] < times[$1] }) else { return [] }
    let units = graph.contraction.units.filter { candidate.cut.stageOf[$0[0]] == slowest }
    var cuts: [Cut] = []
    for count in [1, 2, 4] where count < units.count {
      // The end of a topological order is closed under successors, its beginning under predecessors.
      for (moved, stage) in [
        (units.suffix(count), slowest + 1), (units.prefix(count), slowest - 1),
      ]
      where (0..<candidate.cut.stageCount).contains(stage) {
        var stageOf = candidate.cut.stageOf
        for member in moved.joined() { stageOf[member] = stage }
        cuts.append(Cut(stageCount: candidate.cut.stageCount, stageOf: stageOf))
      }
    }
    return cuts
  }

  /// False once a limit is reached.
  package var mayMeasure: Bool {
    if limits.isOver() || limits.isInterrupted() { return false }
    return limits.measurements.map { measurements < $0 } ?? true
  }

  /// Measures the stages that are not known yet, the slowest predicted first, and gives up as soon
  /// as one of them is no better than `limit`: the rest would be paid for nothing.
  private mutating func measure(
    stages: [OperatorSet], abandonAbove limit: Double
  ) async throws -> Candidate? {
    rounds += 1
    let predicted = stages.indices.map { predict(stages[$0], on: devices[$0].speedKind) }
    let order = stages.indices.sorted { (predicted[$0], $1) > (predicted[$1], $0) }
    for index in order {
      if let time = known[StageKey(operators: stages[index], kind: devices[index].speedKind)] {
        if time.milliseconds >= limit { return nil }
        continue
      }
      guard mayMeasure || (best == nil && !limits.isInterrupted()) else { return nil }
      report(
        .measuring(
          round: rounds, stage: index, operators: stages[index].count,
          predicted: predicted[index]))
      let time = try await measurer.measure(stages[index], on: devices[index])
      measurements += 1
      report(.measured(round: rounds, stage: index, time: time))
      take(time, of: stages[index], on: devices[index].speedKind)
      if time.milliseconds >= limit { return nil }
    }
    let times = stages.indices.map {
      known[StageKey(operators: stages[$0], kind: devices[$0].speedKind)]
        ?? .failed("not measured")
    }
    let candidate = Candidate(cut: Cut(stages: stages), predicted: predicted, times: times)
    let isBest = candidate.bottleneck < best?.bottleneck ?? .infinity
    if !candidates.contains(where: { $0.cut == candidate.cut }) {
      let place =
        candidates.firstIndex { candidate.bottleneck < $0.bottleneck } ?? candidates.count
      candidates.insert(candidate, at: place)
    }
    report(.candidate(round: rounds, bottleneck: candidate.bottleneck, isBest: isBest))
    return candidate
  }

  private mutating func take(_ time: StageTime, of stage: OperatorSet, on kind: DeviceKind) {
    known[StageKey(operators: stage, kind: kind)] = time
    guard !time.failed else {
      failure = time.reason
      return
    }
    let seams = seams(of: stage)
    learnt[kind]?.learn(stage, seams: seams, milliseconds: time.milliseconds)
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

  private func predict(_ stage: OperatorSet, on kind: DeviceKind) -> Double {
    if let time = known[StageKey(operators: stage, kind: kind)] { return time.milliseconds }
    guard let learnt = learnt[kind] else { return 0 }
    let times = learnt.times
    let costs = learnt.seams
    return stage.reduce(0) { $0 + times[$1] } + learnt.call
      + seams(of: stage).sorted().reduce(0) { $0 + (costs[$1] ?? 0) }
  }

  /// What the solver is asked: the learnt times, with measured stages as they were measured.
  private func problem() -> Problem {
    var problem = Problem(
      operatorCount: graph.operators.count, successors: graph.successors,
      devices: devices.map {
        StageDevice(kind: $0.speedKind, overhead: learnt[$0.speedKind]?.call ?? 0)
      },
      times: learnt.mapValues(\.times))
    problem.groups = graph.ties.map(\.operators)
    problem.usesAllDevices = true
    var costs: [TensorIndex: Double] = [:]
    for kind in learnt.values {
      for (tensor, cost) in kind.seams { costs[tensor] = max(costs[tensor] ?? 0, cost) }
    }
    problem.nets = costs.keys.sorted().compactMap { tensor in
      guard let producer = graph.tensors[tensor].producer else { return nil }
      return Net(
        producer: producer, consumers: graph.tensors[tensor].consumers, cost: costs[tensor] ?? 0)
    }
    problem.measured = known.map { key, time in
      MeasuredStage(
        operators: key.operators, kind: key.kind,
        cost: StageCost(
          lower: time.low, estimate: time.milliseconds, upper: time.high, source: .measured))
    }.sorted {
      $0.operators == $1.operators
        ? $0.kind.rawValue < $1.kind.rawValue
        : $0.operators.words.lexicographicallyPrecedes($1.operators.words)
    }
    return problem
  }
}
