internal import IsocutGraph

/// Where each name of a model's top-level graph comes from.
struct Scope: Sendable {
  enum Definition: Hashable, Sendable {
    /// A required input, by position among them.
    case input(Int)
    /// By position in the graph's initializers.
    case initializer(Int)
    case sparseInitializer(Int)
    /// An output of the node at this position.
    case node(Int)
  }

  private(set) var definitions: [String: Definition] = [:]

  /// - Throws: `IsocutError` `.badData` where a name is defined twice.
  init(_ graph: GraphRecord, inputs: [ModelValue]) throws {
    for (index, initializer) in graph.initializers.enumerated() {
      try define(initializer.tensor.name, .initializer(index), graph)
    }
    for (index, initializer) in graph.sparseInitializers.enumerated() {
      try define(initializer.name, .sparseInitializer(index), graph)
    }
    for (index, input) in inputs.enumerated() {
      guard !input.name.isEmpty else {
        throw IsocutError(.badData, "input \(index) of the model has no name")
      }
      try define(input.name, .input(index), graph)
    }
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { try define(output, .node(index), graph) }
    }
  }

  subscript(_ name: String) -> Definition? { definitions[name] }

  private mutating func define(
    _ name: String, _ definition: Definition, _ graph: GraphRecord
  ) throws {
    guard let other = definitions.updateValue(definition, forKey: name) else { return }
    throw IsocutError(
      .badData,
      "tensor \(name) is made twice: \(Self.describe(other, graph)) and \(Self.describe(definition, graph))"
    )
  }

  private static func describe(_ definition: Definition, _ graph: GraphRecord) -> String {
    switch definition {
    case .input: "as a model input"
    case .initializer, .sparseInitializer: "as an initializer"
    case .node(let index):
      "by \(graph.nodes[index].label) (node \(index) of the file)"
    }
  }
}

extension NodeRecord {
  /// Every name the node needs, each once: its inputs in order, then what its bodies capture.
  var reads: [String] {
    var seen: Set<String> = [""]
    return (inputs + contents.captures).filter { seen.insert($0).inserted }
  }
}
