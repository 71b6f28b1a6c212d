internal import IsocutGraph

/// The null backend's cost model: a time for each operator that depends on its kind and its name.
///
/// A stage costs the sum of its operators and one overhead, so that cutting a model finer never pays
/// without end. The figures mean nothing on any device; they are the same on all machines.
enum NullCosts {
  /// Milliseconds that one call takes besides its operators.
  static let overheadMilliseconds = 0.05

  /// Milliseconds of one operator.
  static func milliseconds(of node: Operator) -> Double {
    let share = Double(NullHash.text(node.id) >> 11) * 0x1p-53
    return isHeavy(node.kind) ? 0.2 + 0.8 * share : 0.005 + 0.045 * share
  }

  /// Milliseconds of one call of a stage.
  static func milliseconds(of graph: Graph) -> Double {
    graph.operators.reduce(overheadMilliseconds) { $0 + milliseconds(of: $1) }
  }

  private static func isHeavy(_ kind: String) -> Bool {
    kind.contains("Conv") || kind.contains("MatMul") || kind == "Gemm" || kind == "LSTM"
      || kind == "GRU" || kind == "Attention"
  }
}
