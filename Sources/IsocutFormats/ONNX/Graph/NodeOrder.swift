internal import IsocutGraph

/// The nodes that the model's outputs need, in a topological order with ties by file position, and
/// which of them compute from constants only.
struct NodeOrder: Sendable {
  /// Positions of live nodes in the file, in order.
  let nodes: [Int]
  /// The place of each node in `nodes`; nil for nodes nothing needs.
  let rank: [Int?]
  /// For each node of the file: it depends on no input and on no chance, so it is part of the
  /// constants.
  let isConstant: [Bool]
  /// Nodes that draw random numbers, live ones only.
  let random: [Int]

  /// - Throws: `IsocutError` `.badData` for a name nobody makes, a cycle, or an operator set that is
  ///   not imported.
  init(_ model: ModelRecord, _ scope: Scope) throws {
    let nodes = model.graph.nodes
    let live = try Self.live(model.graph, scope)
    let positions = nodes.indices.filter { live[$0] }
    var place: [Int?] = Array(repeating: nil, count: nodes.count)
    for (index, position) in positions.enumerated() { place[position] = index }
    var successors: [[Int]] = Array(repeating: [], count: positions.count)
    for (index, position) in positions.enumerated() {
      for name in nodes[position].reads {
        guard case .node(let producer)? = scope[name], let from = place[producer] else { continue }
        guard from != index else {
          throw IsocutError(.badData, "\(nodes[position].label) reads its own output \(name)")
        }
        successors[from].append(index)
      }
    }
    let units = Contraction(successors: successors, groups: []).units
    if let cycle = units.first(where: { $0.count > 1 }) {
      let labels = cycle.prefix(3).map { nodes[positions[$0]].label }
      throw IsocutError(
        .badData,
        "\(cycle.count) nodes depend on each other in a circle: \(labels.joined(separator: ", "))")
    }
    self.nodes = units.map { positions[$0[0]] }
    rank = Self.ranks(self.nodes, count: nodes.count)
    (isConstant, random) = try Self.classify(self.nodes, model, scope)
  }

  private static func ranks(_ order: [Int], count: Int) -> [Int?] {
    var rank: [Int?] = Array(repeating: nil, count: count)
    for (index, position) in order.enumerated() { rank[position] = index }
    return rank
  }

  /// Which nodes the outputs need.
  private static func live(_ graph: GraphRecord, _ scope: Scope) throws -> [Bool] {
    var live = Array(repeating: false, count: graph.nodes.count)
    var open: [Int] = []
    func need(_ name: String, by reader: @autoclosure () -> String) throws {
      guard let definition = scope[name] else {
        throw IsocutError(.badData, "\(reader()) \(name), which nothing in the model makes")
      }
      if case .node(let index) = definition, !live[index] {
        live[index] = true
        open.append(index)
      }
    }
    for output in graph.outputs { try need(output.name, by: "the model returns tensor") }
    while let index = open.popLast() {
      for name in graph.nodes[index].reads {
        try need(name, by: "\(graph.nodes[index].label) reads tensor")
      }
    }
    return live
  }

  private static func classify(
    _ order: [Int], _ model: ModelRecord, _ scope: Scope
  ) throws -> (isConstant: [Bool], random: [Int]) {
    let functions = FunctionTable(model.functions)
    var isConstant = Array(repeating: false, count: model.graph.nodes.count)
    var random: [Int] = []
    for position in order {
      let node = model.graph.nodes[position]
      guard functions.contains(node.function) || model.opsets[node.domain] != nil else {
        throw IsocutError(
          .badData,
          "\(node.label) belongs to the operator set \(node.domain.isEmpty ? "ai.onnx" : node.domain), which the model does not import"
        )
      }
      guard !functions.drawsRandomNumbers(node) else {
        random.append(position)
        continue
      }
      isConstant[position] = node.reads.allSatisfy { name in
        switch scope[name] {
        case .initializer, .sparseInitializer: true
        case .node(let producer): isConstant[producer]
        case .input, nil: false
        }
      }
    }
    return (isConstant, random)
  }
}
