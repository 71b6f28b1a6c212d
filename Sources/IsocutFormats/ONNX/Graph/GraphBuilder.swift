internal import IsocutGraph

/// Builds the format-neutral graph of a file.
struct GraphBuilder {
  let file: ONNXFile
  let scope: Scope
  let order: NodeOrder
  let types: TypeTable
  let pinned: [String: String]

  /// The graph, with operator i being the node at position `positions[i]` of the file.
  func build() throws -> (graph: Graph, positions: [Int]) {
    let positions = operatorOrder()
    let inputs = file.inputs
    var tensors = inputs.map {
      Tensor(name: $0.name, type: types[$0.name], producer: nil, consumers: [])
    }
    var indices: [String: TensorIndex] = [:]
    for (index, input) in inputs.enumerated() { indices[input.name] = index }
    var constants = ConstantTable(file, scope, types)
    let work = Multiplications { name in types[name].fixedShape }
    var operators: [Operator] = []
    for (index, position) in positions.enumerated() {
      let node = file.model.graph.nodes[position]
      for name in node.outputs where !name.isEmpty {
        indices[name] = tensors.count
        tensors.append(Tensor(name: name, type: types[name], producer: index, consumers: []))
      }
      let read = node.reads.compactMap { indices[$0] }
      for tensor in read { tensors[tensor].consumers.append(index) }
      operators.append(
        Operator(
          id: node.id, name: node.name, kind: node.kind, domain: node.domain, inputs: read,
          outputs: node.outputs.compactMap { $0.isEmpty ? nil : indices[$0] },
          constants: try constants.read(byNodeAt: position, order),
          macs: try work.count(node) { try Attributes(of: node, in: file) },
          filePosition: position))
    }
    var returned: Set<String> = []
    let outputs = try file.outputs.map { output -> Graph.Output in
      guard returned.insert(output.name).inserted else {
        throw IsocutError(.badData, "the model lists its output \(output.name) twice")
      }
      if let index = indices[output.name] { return .tensor(index) }
      return .constant(try constants.returned(output.name))
    }
    let graph = Graph(
      name: file.graphName, operators: operators, tensors: tensors,
      constants: constants.constants, inputs: Array(inputs.indices), outputs: outputs,
      ties: ties(operators, tensors))
    return (graph, positions)
  }

  /// Positions of the operators in topological order, ties by file position alone: where constants
  /// stand in the file does not matter.
  private func operatorOrder() -> [Int] {
    let nodes = file.model.graph.nodes
    let positions = order.nodes.filter { !order.isConstant[$0] }.sorted()
    var place: [Int: Int] = [:]
    for (index, position) in positions.enumerated() { place[position] = index }
    var successors: [[Int]] = Array(repeating: [], count: positions.count)
    for (index, position) in positions.enumerated() {
      for name in nodes[position].reads {
        if case .node(let producer)? = scope[name], let from = place[producer] {
          successors[from].append(index)
        }
      }
    }
    return Contraction(successors: successors, groups: []).units.flatMap { $0 }.map {
      positions[$0]
    }
  }

  private func ties(_ operators: [Operator], _ tensors: [Tensor]) -> [Graph.Tie] {
    tensors.compactMap { tensor in
      guard let producer = tensor.producer, !tensor.consumers.isEmpty,
        let reason = pinned[tensor.name] ?? reasonToStay(tensor, operators[producer])
      else { return nil }
      return Graph.Tie(
        operators: [producer] + tensor.consumers, tensor: tensor.name, reason: reason)
    }
  }

  /// Why a tensor cannot leave a stage, or nil if it can.
  private func reasonToStay(_ tensor: Tensor, _ producer: Operator) -> String? {
    guard tensor.type.container == .tensor else {
      return "it is a \(tensor.type.container.rawValue), not a tensor"
    }
    if tensor.type.element == .string { return "it holds text" }
    guard tensor.type.element == nil else { return nil }
    if Self.kindsWithoutTensors.contains(producer.kind) { return "it is not a tensor" }
    return types.isFromRun ? "its type is not known" : nil
  }

  private static let kindsWithoutTensors: Set<String> = [
    "SequenceConstruct", "SequenceEmpty", "SequenceInsert", "SequenceErase", "SequenceMap",
    "SplitToSequence", "Optional", "ZipMap",
  ]
}
