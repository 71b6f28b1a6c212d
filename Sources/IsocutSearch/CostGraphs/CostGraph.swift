internal import IsocutGraph
public import IsocutSolver

/// A problem for the solver alone, read from a file, with the names the file gives to its nodes.
public struct CostGraph: Sendable {
  /// A node's id as the file writes it.
  public enum NodeID: Hashable, Sendable {
    case number(Int)
    case text(String)
  }

  public var problem: Problem
  /// The id of each operator of the problem.
  public var nodes: [NodeID]

  public init(problem: Problem, nodes: [NodeID]) {
    self.problem = problem
    self.nodes = nodes
  }

  /// Names of the devices: kind and number within the kind, such as `acc0`.
  public var deviceNames: [String] {
    var counts: [String: Int] = [:]
    return problem.devices.map { device in
      let number = counts[device.kind.rawValue, default: 0]
      counts[device.kind.rawValue] = number + 1
      return device.kind.rawValue + String(number)
    }
  }

  /// The same graph on `count` devices like the first one of the list.
  public func onEqualDevices(count: Int) -> CostGraph {
    var copy = self
    guard let first = problem.devices.first else { return copy }
    copy.problem.devices = Array(repeating: first, count: count)
    return copy
  }

  /// The same graph with another memory limit on every device that has one; where none has, on
  /// every device.
  public func withMemoryLimit(_ bytes: Int) -> CostGraph {
    var copy = self
    let hasNone = problem.devices.allSatisfy { $0.memoryLimit == nil }
    for index in copy.problem.devices.indices
    where hasNone || copy.problem.devices[index].memoryLimit != nil {
      copy.problem.devices[index].memoryLimit = bytes
    }
    return copy
  }
}

extension CostGraph.NodeID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}

extension CostGraph.NodeID: CustomStringConvertible {
  public var description: String {
    switch self {
    case .number(let number): String(number)
    case .text(let text): text
    }
  }
}
