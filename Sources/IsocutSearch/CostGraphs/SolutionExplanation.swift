internal import IsocutGraph
public import IsocutSolver

/// Why a solution is as good as it is: what proves it, where it is tight, and what holds it there.
public struct SolutionExplanation: Sendable {
  /// What the lower bound rests on.
  public var proof: String
  /// Position of the stage with the largest load.
  public var bottleneckStage: Int
  /// How the time of that stage comes about.
  public var composition: String
  /// For each neighbour, what moving the border operator there would cost.
  public var moves: [String]

  public var lines: [String] { [proof, composition] + moves }

  /// Nil where there is no solution to explain.
  public init?(_ solution: Solution, of graph: CostGraph) {
    guard
      let worst = solution.stages.indices.max(by: {
        solution.stages[$0].load < solution.stages[$1].load
      })
    else { return nil }
    let problem = graph.problem
    let loads = StageLoads(problem)
    let stage = solution.stages[worst]
    let device = problem.devices[stage.device]
    bottleneckStage = worst
    proof = Self.proof(of: solution, graph)

    let transfer =
      device.paysTransfer ? device.transferFactor * loads.transfer(of: stage.operators) : 0
    let compute = loads.load(of: stage.operators, onDevice: stage.device) - transfer
    let times = problem.times[device.kind] ?? []
    let largest = stage.operators.sorted { (-times[$0], $0) < (-times[$1], $1) }.prefix(5)
    let names = largest.map { "\(graph.nodes[$0]) (\(Self.number(times[$0])) ms)" }
    composition =
      "the bottleneck is stage \(worst) on \(graph.deviceNames[stage.device]): "
      + "\(Self.number(compute)) ms of work and \(Self.number(transfer)) ms of transfer"
      + (stage.devices.count > 1 ? ", shared by \(stage.devices.count) copies" : "")
      + "; its largest operators: " + names.joined(separator: ", ")

    let contraction = Contraction(successors: problem.successors, groups: problem.groups)
    moves = []
    for (neighbour, isNext) in [(worst - 1, false), (worst + 1, true)]
    where solution.stages.indices.contains(neighbour) {
      let other = solution.stages[neighbour]
      guard
        let unit = Self.borderUnit(stage.operators, contraction, problem, isLast: isNext)
      else { continue }
      let members = OperatorSet(contraction.units[unit], capacity: problem.operatorCount)
      var rest = stage.operators
      rest.subtract(members)
      var grown = other.operators
      grown.formUnion(members)
      let there =
        loads.load(of: grown, onDevice: other.device) / Double(other.devices.count)
      let here =
        rest.isEmpty
        ? 0 : loads.load(of: rest, onDevice: stage.device) / Double(stage.devices.count)
      let limit = problem.devices[other.device].memoryLimit
      let isFull = limit.map { loads.bytes(of: grown) > $0 } ?? false
      moves.append(
        "moving \(graph.nodes[contraction.units[unit][0]]) to stage \(neighbour) would make stage "
          + "\(worst) \(Self.number(here)) ms and stage \(neighbour) \(Self.number(there)) ms"
          + (isFull ? ", beyond its memory limit" : ""))
    }
  }

  private static func proof(of solution: Solution, _ graph: CostGraph) -> String {
    let bound = number(solution.lowerBound)
    switch solution.proof {
    case .largestOperator:
      return "no cut is below \(bound) ms: one operator alone takes that long on any device"
    case .totalWork:
      return "no cut is below \(bound) ms: all work shared evenly by all devices takes that long"
    case .operatorTimes:
      return
        "no latency is below \(bound) ms: all operators, each on the device that is fastest for "
        + "it, take that long"
    case .search:
      return "no cut is below \(bound) ms: every smaller value was refuted by search "
        + "(\(solution.statesVisited) partial stages)"
    case .none:
      return "nothing is proven about smaller values"
    }
  }

  /// The first unit of a stage that may leave it: at its end with no successor inside, or at its
  /// start with no predecessor inside.
  private static func borderUnit(
    _ stage: OperatorSet, _ contraction: Contraction, _ problem: Problem, isLast: Bool
  ) -> Int? {
    let units = Set(stage.map { contraction.unitOf[$0] })
    var blocked: Set<Int> = []
    for member in stage {
      for target in problem.successors[member]
      where stage.contains(target) && contraction.unitOf[target] != contraction.unitOf[member] {
        blocked.insert(contraction.unitOf[isLast ? member : target])
      }
    }
    let free = units.subtracting(blocked)
    return isLast ? free.max() : free.min()
  }

  /// Six significant digits.
  private static func number(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var scale = 1.0
    while abs(value) * scale < 1e5 { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }
}
