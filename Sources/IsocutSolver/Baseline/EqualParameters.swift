public import IsocutGraph

/// The baseline that pipelines are commonly cut by: equal bytes of constants in every stage.
public enum EqualParameters {
  /// The cut that gives every stage about the same bytes of constants.
  ///
  /// Operators go in topological order, ties by position in the file; a constant counts at its first
  /// reader. A stage is closed before it would exceed total / stages + 1 bytes, and also when as
  /// many operators are left as stages; each stage has at least one operator, the last takes the
  /// rest.
  ///
  /// - Throws: `IsocutError` `.infeasible` when the graph has fewer operators that can be cut than
  ///   stages are asked for.
  public static func cut(_ graph: Graph, stageCount: Int) throws -> Cut {
    let units = graph.contraction.units
    guard stageCount >= 1, stageCount <= units.count else {
      throw IsocutError(
        .infeasible,
        "\(stageCount) stages were asked for, but \(graph.name) has \(units.count) operators that "
          + "can be cut; ask for 1 to \(units.count) stages")
    }
    var counted: Set<Int> = []
    let bytes = units.map { unit in
      unit.reduce(0) { sum, index in
        sum
          + graph.operators[index].constants.reduce(0) {
            counted.insert($1).inserted ? $0 + graph.constants[$1].byteCount : $0
          }
      }
    }
    let limit = Double(bytes.reduce(0, +)) / Double(stageCount) + 1
    var stageOf = Array(repeating: 0, count: graph.operators.count)
    var stage = 0
    var filled = 0
    var isEmpty = true
    for (index, unit) in units.enumerated() {
      let exceeds = Double(filled + bytes[index]) > limit
      let mustClose = units.count - index == stageCount - stage - 1
      if !isEmpty, stage < stageCount - 1, exceeds || mustClose {
        stage += 1
        filled = 0
      }
      filled += bytes[index]
      isEmpty = false
      for member in unit { stageOf[member] = stage }
    }
    return Cut(stageCount: stageCount, stageOf: stageOf)
  }
}
