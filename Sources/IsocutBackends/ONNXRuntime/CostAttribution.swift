internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

/// Gives each node of the graph that the engine really runs to an operator of the graph that is cut.
///
/// The engine fuses nodes and adds others that change the layout. A node belongs to the operator
/// that makes one of its outputs, or that it is named after; in the blocked layout its name is that
/// of the tensor it made before, or of the operator, with `_nchwc` behind it. What makes no tensor of
/// the graph belongs to the operator before it, except a change of layout on the way in, which
/// belongs to the operator behind it.
struct CostAttribution {
  /// For each node of the optimised file the operator; nil where no operator is near.
  let operators: [Int?]

  private static let blockedLayout = "_nchwc"

  init(_ nodes: [ONNXNode], graph: Graph) {
    var makers: [String: Int] = [:]
    var named: [String: Int] = [:]
    for (index, element) in graph.operators.enumerated() {
      for output in element.outputs { makers[graph.tensors[output].name] = index }
      if !element.name.isEmpty { named[element.name] = index }
    }
    var operators = [Int?](repeating: nil, count: nodes.count)
    var nodeOf: [String: Int] = [:]
    for (position, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { nodeOf[output] = position }
      operators[position] =
        node.outputs.lazy.compactMap { makers[$0] }.first
        ?? node.outputs.lazy.compactMap { makers[Self.plain($0)] }.first
        ?? makers[Self.plain(node.name)] ?? named[Self.plain(node.name)]
      if operators[position] == nil, node.kind != "ReorderInput" {
        operators[position] =
          node.inputs.compactMap { name in nodeOf[name].flatMap { operators[$0] } }.max()
      }
    }
    var readers: [String: Int] = [:]
    for (position, node) in nodes.enumerated().reversed() {
      if operators[position] == nil {
        operators[position] =
          node.outputs.compactMap { name in readers[name].flatMap { operators[$0] } }.min()
      }
      for input in node.inputs { readers[input] = position }
    }
    self.operators = operators
  }

  /// A name without the suffix of the blocked layout, and without the number that makes a second
  /// node of that name unique.
  private static func plain(_ name: String) -> String {
    guard let suffix = name.range(of: blockedLayout, options: .backwards) else { return name }
    let rest = name[suffix.upperBound...]
    return rest.isEmpty || rest.hasPrefix("_token_") ? String(name[..<suffix.lowerBound]) : name
  }
}
