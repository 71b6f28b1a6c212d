internal import IsocutGraph
internal import IsocutSolver

/// The JSON form of the published device-placement graphs (msr-fiddle/dnn-partitioning).
///
/// Accelerators ("FPGAs") pay for what crosses, and have a memory cap; CPUs do not. Edges carry
/// their producer's transfer cost. Backward nodes of training graphs follow their colour class.
struct PlacementFile: Decodable {
  var maxFPGAs: Int
  var maxCPUs: Int
  var maxSizePerFPGA: Double
  var nodes: [Node]
  var edges: [Edge]

  struct Node: Decodable {
    var id: Int
    var supportedOnFpga: Flag
    var fpgaLatency: Double
    var cpuLatency: Double
    var size: Double
    var isBackwardNode: Flag?
    var colorClass: Int?

    var isBackward: Bool { isBackwardNode?.value ?? false }
  }

  struct Edge: Decodable {
    var sourceId: Int
    var destId: Int
    var cost: Double
  }

  /// A truth value written as 0, 1, true or false.
  struct Flag: Decodable {
    var value: Bool

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        value = flag
      } else {
        value = try container.decode(Double.self) != 0
      }
    }
  }

  static let accelerator = DeviceKind(rawValue: "acc")

  func costGraph() throws -> CostGraph {
    var position: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() {
      guard position.updateValue(index, forKey: node.id) == nil else {
        throw IsocutError(.badData, "node \(node.id) appears twice")
      }
    }
    func find(_ id: Int) throws -> Int {
      guard let index = position[id] else {
        throw IsocutError(.badData, "an edge names node \(id), which does not exist")
      }
      return index
    }
    var classMembers: [Int: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      if let color = node.colorClass { classMembers[color, default: []].append(index) }
    }
    /// Whether a node's class has no forward part.
    let isAllBackward = nodes.map { node in
      guard node.isBackward else { return false }
      guard let color = node.colorClass else { return true }
      return classMembers[color, default: []].allSatisfy { nodes[$0].isBackward }
    }
    var successors: [[Int]] = Array(repeating: [], count: nodes.count)
    var consumers: [[Int]] = Array(repeating: [], count: nodes.count)
    var costs = Array(repeating: 0.0, count: nodes.count)
    for edge in edges {
      let (source, target) = (try find(edge.sourceId), try find(edge.destId))
      consumers[source].append(target)
      costs[source] = max(costs[source], edge.cost)
      switch (nodes[source].isBackward, nodes[target].isBackward) {
      case (false, false): successors[source].append(target)
      case (true, true) where isAllBackward[source] || isAllBackward[target]:
        // The backward pass runs against the forward one.
        successors[target].append(source)
      default: break
      }
    }
    let limit = maxSizePerFPGA < 9e18 ? Int(max(0, maxSizePerFPGA)) : nil
    let devices =
      Array(
        repeating: StageDevice(kind: Self.accelerator, memoryLimit: limit),
        count: try count(maxFPGAs, "maxFPGAs"))
      + Array(
        repeating: StageDevice(kind: .cpu, transferFactor: 0),
        count: try count(maxCPUs, "maxCPUs"))
    let problem = Problem(
      operatorCount: nodes.count, successors: successors,
      groups: classMembers.sorted { $0.key < $1.key }.map(\.value).filter { $0.count > 1 },
      devices: devices, deviceOrder: .interchangeable,
      times: [
        Self.accelerator: nodes.map { $0.supportedOnFpga.value ? $0.fpgaLatency : .infinity },
        .cpu: nodes.map(\.cpuLatency),
      ],
      nets: nodes.indices.filter { !consumers[$0].isEmpty }.map {
        Net(producer: $0, consumers: consumers[$0], cost: costs[$0])
      },
      memory: StageMemory(operatorBytes: try nodes.map { try bytes($0.size, of: $0.id) }))
    return CostGraph(problem: problem, nodes: nodes.map { .number($0.id) })
  }

  private func count(_ value: Int, _ field: String) throws -> Int {
    guard (0...4096).contains(value) else {
      throw IsocutError(.badData, "\(field) is \(value); it must be 0 to 4096")
    }
    return value
  }

  private func bytes(_ size: Double, of id: Int) throws -> Int {
    guard size >= 0, size < 9e15 else {
      throw IsocutError(.badData, "node \(id) has size \(size)")
    }
    return Int(size.rounded(.up))
  }
}
