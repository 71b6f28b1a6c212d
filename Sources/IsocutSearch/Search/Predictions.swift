import IsocutGraph
import IsocutSolver

/// What stages are predicted to take under everything learnt and measured so far.
struct Predictions {
  /// What the solver is asked: the learnt times, with measured stages as they were measured.
  let problem: Problem
  private let loads: StageLoads

  /// - Parameters:
  ///   - failuresSpread: whether a stage around one that does not run is taken not to run either.
  ///   - avoided: a measured stage that no predicted cut may have.
  init(
    _ search: CutSearch, failuresSpread: Bool = true, avoiding avoided: OperatorSet? = nil
  ) {
    let graph = search.graph
    var problem = Problem(
      operatorCount: graph.operators.count, successors: graph.successors,
      devices: search.devices.map {
        StageDevice(kind: $0.speedKind, overhead: search.learnt[$0.speedKind]?.call ?? 0)
      },
      times: search.learnt.mapValues(\.times))
    problem.groups = graph.ties.map(\.operators)
    problem.usesAllDevices = true
    problem.assumesMonotone = search.known.isMonotone
    problem.offChip = search.learnt.compactMapValues(\.offChip)
    if !problem.offChip.isEmpty {
      problem.memory.constants = graph.constantReaders
    }
    var costs: [TensorIndex: Double] = [:]
    for kind in search.learnt.values {
      for (tensor, cost) in kind.seams { costs[tensor] = max(costs[tensor] ?? 0, cost) }
    }
    problem.nets = costs.keys.sorted().compactMap { tensor in
      guard let producer = graph.tensors[tensor].producer else { return nil }
      return Net(
        producer: producer, consumers: graph.tensors[tensor].consumers, cost: costs[tensor] ?? 0)
    }
    let unmeasured = StageLoads(problem)
    problem.measured = search.known.entries.map { entry in
      // The solver adds what the seams cost.
      let seams = problem.nets.isEmpty ? 0 : unmeasured.transfer(of: entry.operators)
      let time = entry.time
      let isAvoided = entry.operators == avoided
      return MeasuredStage(
        operators: entry.operators, kind: entry.kind,
        cost: StageCost(
          lower: time.failed && !failuresSpread ? 0 : max(0, time.low - seams),
          estimate: isAvoided ? .infinity : max(0, entry.likely - seams),
          upper: isAvoided ? .infinity : max(0, time.high - seams), source: .measured))
    }
    self.problem = problem
    loads = StageLoads(problem)
  }

  /// Only what was measured: everything else is taken not to run.
  init(measuredOnly search: CutSearch) {
    var problem = Predictions(search).problem
    problem.nets = []
    problem.times = problem.times.mapValues { $0.map { _ in .infinity } }
    problem.assumesMonotone = false
    problem.measured = search.known.entries.map { entry in
      MeasuredStage(
        operators: entry.operators, kind: entry.kind,
        cost: StageCost(
          lower: entry.time.low, estimate: entry.time.milliseconds, upper: entry.time.high,
          source: .measured))
    }
    self.problem = problem
    loads = StageLoads(problem)
  }

  func load(of stage: OperatorSet, onDevice index: Int) -> Double {
    loads.load(of: stage, onDevice: index)
  }

  func bottleneck(of stages: [OperatorSet]) -> Double {
    stages.indices.map { load(of: stages[$0], onDevice: $0) }.max() ?? .infinity
  }

  /// The cut with the smallest predicted bottleneck of all that follow one order.
  ///
  /// - Parameter chain: the operators of each unit, in the order that the cut must follow.
  /// - Returns: nil where none runs.
  func best(along chain: [[Int]]) -> Prediction? {
    ChainPlanner(problem, units: chain).solve().map {
      Prediction(stages: $0.stages, bottleneck: $0.bottleneck, bound: $0.bottleneck)
    }
  }

  /// The cut with the smallest predicted bottleneck of all cuts.
  ///
  /// - Parameter states: what the solver may look at.
  func best(states: Int) throws -> Prediction? {
    let solution = try solve(problem, limits: SolverLimits(states: states))
    guard solution.isFeasible else { return nil }
    return Prediction(
      stages: solution.stages.map(\.operators), bottleneck: solution.bottleneck,
      bound: solution.lowerBound)
  }
}

/// A cut that is predicted to be the best.
struct Prediction {
  var stages: [OperatorSet]
  var bottleneck: Double
  /// No cut is predicted to be faster than this.
  var bound: Double

  var isExact: Bool { bottleneck <= bound * (1 + 1e-6) }
}

extension Graph {
  /// All constants with the operators that read them.
  fileprivate var constantReaders: [StageMemory.SharedConstant] {
    var readers = Array(repeating: [Int](), count: constants.count)
    for (index, element) in operators.enumerated() {
      for constant in element.constants { readers[constant].append(index) }
    }
    return zip(constants, readers).filter { !$0.1.isEmpty }.map {
      StageMemory.SharedConstant(bytes: $0.byteCount, readers: $1)
    }
  }
}
