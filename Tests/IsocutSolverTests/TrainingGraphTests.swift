import Foundation
import IsocutSearch
import IsocutSolver
import Testing
import _IsocutTestSupport

/// Small graphs of the published form, with backward nodes and colour classes, against an oracle
/// that works on that form itself: it tries every device for every class.
@Suite struct TrainingGraphTests {
  struct PlacementNode: Encodable {
    var id: Int
    var supportedOnFpga: Int
    var fpgaLatency: Double
    var cpuLatency: Double
    var size: Double
    var isBackwardNode: Bool
    var colorClass: Int?
  }

  struct PlacementEdge: Encodable {
    var sourceId: Int
    var destId: Int
    var cost: Double
  }

  struct PlacementGraph: Encodable {
    var maxFPGAs: Int
    var maxCPUs: Int
    var maxSizePerFPGA: Double
    var nodes: [PlacementNode] = []
    var edges: [PlacementEdge] = []
  }

  /// A forward graph, most of its nodes with a backward one, and backward nodes without a mate.
  static func graph(_ random: inout SeededRandom) -> PlacementGraph {
    var graph = PlacementGraph(
      maxFPGAs: Int.random(in: 1...3, using: &random), maxCPUs: random.chance(0.4) ? 1 : 0,
      maxSizePerFPGA: random.chance(0.3) ? Double(Int.random(in: 6...14, using: &random)) : 1e6)
    let count = Int.random(in: 2...4, using: &random)
    func node(_ id: Int, isBackward: Bool, color: Int?) -> PlacementNode {
      PlacementNode(
        id: id, supportedOnFpga: random.chance(0.05) ? 0 : 1,
        fpgaLatency: Double(Int.random(in: 0...9, using: &random)),
        cpuLatency: Double(Int.random(in: 5...40, using: &random)),
        size: Double(Int.random(in: 0...3, using: &random)), isBackwardNode: isBackward,
        colorClass: color)
    }
    var colors = (0..<count).map { $0 + 50 }
    if random.chance(0.3) { colors[Int.random(in: 0..<count, using: &random)] = 50 }
    for index in 0..<count {
      graph.nodes.append(node(7 * index + 3, isBackward: false, color: colors[index]))
    }
    var mates: [Int?] = []
    for index in 0..<count {
      mates.append(random.chance(0.8) ? 7 * index + 1003 : nil)
      if let mate = mates[index] {
        graph.nodes.append(node(mate, isBackward: true, color: colors[index]))
      }
    }
    let forwardCost = (0..<count).map { _ in Double(Int.random(in: 0...4, using: &random)) }
    let backwardCost = (0..<count).map { _ in Double(Int.random(in: 0...4, using: &random)) }
    func connect(_ source: Int, _ target: Int, _ cost: Double) {
      graph.edges.append(PlacementEdge(sourceId: source, destId: target, cost: cost))
    }
    for source in 0..<count {
      if let mate = mates[source] { connect(7 * source + 3, mate, forwardCost[source]) }
      for target in source + 1..<max(count, source + 1) where random.chance(0.5) {
        connect(7 * source + 3, 7 * target + 3, forwardCost[source])
        if let from = mates[target], let to = mates[source] {
          connect(from, to, backwardCost[target])
        }
      }
    }
    // A backward node of a class of its own, between others of the backward pass.
    for orphan in 0..<Int.random(in: 0...1, using: &random) {
      let id = 5000 + orphan
      graph.nodes.append(node(id, isBackward: true, color: random.chance(0.5) ? nil : 900))
      let from = Int.random(in: 0..<count, using: &random)
      for (index, mate) in mates.enumerated() {
        guard let mate, random.chance(0.6) else { continue }
        if index >= from {
          connect(mate, id, backwardCost[index])
        } else {
          connect(id, mate, 2)
        }
      }
    }
    // A producer has one cost.
    for edge in graph.edges.indices {
      let same = graph.edges.first { $0.sourceId == graph.edges[edge].sourceId }
      graph.edges[edge].cost = same?.cost ?? 0
    }
    return graph
  }

  /// The best bottleneck; infinite where there is no split.
  static func best(of graph: PlacementGraph) -> Double {
    let nodes = graph.nodes
    let position = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.id, $0) })
    // A node without a class is one of its own.
    let names = nodes.enumerated().map { $1.colorClass ?? -1 - $0 }
    let classes = Array(Set(names)).sorted()
    let classOf = names.map { classes.firstIndex(of: $0)! }
    let edges = graph.edges.map { (position[$0.sourceId]!, position[$0.destId]!, $0.cost) }
    let hasForward = classes.indices.map { index in
      nodes.indices.contains { classOf[$0] == index && !nodes[$0].isBackwardNode }
    }
    // Pairs of classes of which the first must not come later.
    let order = edges.compactMap { (source, target, _) -> (Int, Int)? in
      let (from, to) = (classOf[source], classOf[target])
      switch (nodes[source].isBackwardNode, nodes[target].isBackwardNode) {
      case (false, false): return (from, to)
      case (true, true) where !hasForward[from] || !hasForward[to]: return (to, from)
      default: return nil
      }
    }
    let deviceCount = graph.maxFPGAs + graph.maxCPUs
    var best = Double.infinity
    // A CPU may sit anywhere; accelerators are alike.
    for cpuPlace in graph.maxCPUs == 0 ? [-1] : Array(0..<deviceCount) {
      var place = Array(repeating: 0, count: classes.count)
      search: while true {
        if order.allSatisfy({ place[$0.0] <= place[$0.1] }) {
          let loads = (0..<deviceCount).map { device in
            load(
              graph, edges, nodes.indices.map { place[classOf[$0]] == device }, device == cpuPlace)
          }
          best = min(best, loads.max() ?? 0)
        }
        for index in place.indices {
          place[index] += 1
          if place[index] < deviceCount { continue search }
          place[index] = 0
        }
        break
      }
    }
    return best
  }

  private static func load(
    _ graph: PlacementGraph, _ edges: [(Int, Int, Double)], _ isInside: [Bool], _ isCPU: Bool
  ) -> Double {
    let inside = isInside.indices.filter { isInside[$0] }
    if isCPU { return inside.reduce(0) { $0 + graph.nodes[$1].cpuLatency } }
    guard inside.allSatisfy({ graph.nodes[$0].supportedOnFpga == 1 }),
      inside.reduce(0, { $0 + graph.nodes[$1].size }) <= graph.maxSizePerFPGA
    else { return .infinity }
    var sum = inside.reduce(0) { $0 + graph.nodes[$1].fpgaLatency }
    for producer in isInside.indices {
      let own = edges.filter { $0.0 == producer }
      if own.contains(where: { isInside[$0.1] != isInside[producer] }) { sum += own[0].2 }
    }
    return sum
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func sameAsEveryAssignmentOfClasses(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<(runsLong ? 2_000 : 60) {
      let graph = Self.graph(&random)
      let read = try CostGraph(json: JSONEncoder().encode(graph), name: "graph")
      let solution = try solve(read.problem)
      let best = Self.best(of: graph)
      #expect(solution.isOptimal)
      #expect(
        abs(solution.bottleneck - best) <= 1e-9 * best || solution.bottleneck == best,
        "seed \(seed), round \(round): \(graph)")
      try solution.check(for: read.problem)
    }
  }
}
