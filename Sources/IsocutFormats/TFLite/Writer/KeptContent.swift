internal import IsocutGraph

/// What a written file holds of its source's main subgraph, by positions in the source.
struct KeptContent {
  /// Ascending, so they run in the source's order.
  var operators: [Int]
  var inputs: [Int32]
  var outputs: [Int32]
  /// True for a copy of the whole model: what describes the whole stays valid.
  var isWhole: Bool
  /// Names to write instead of the source's.
  var names: [Int32: String] = [:]
  /// Shapes to write instead of the source's.
  var shapes: [Int32: [Int]] = [:]
}

extension TFLiteModel {
  /// A stage: its operators, and those that compute what it reads from constants alone.
  func content(ofStage stage: OperatorSet) -> KeptContent {
    let operators = file.main.operators
    var kept = Set(stage.map { graph.operators[$0].filePosition })
    var pending = Array(kept)
    while let position = pending.popLast() {
      for input in operators[position].inputs {
        if let producer = constantProducers[input], kept.insert(producer).inserted {
          pending.append(producer)
        }
      }
    }
    let boundary = graph.boundary(of: stage)
    var content = KeptContent(
      operators: kept.sorted(), inputs: boundary.inputs.map { fileTensors[$0] },
      outputs: boundary.outputs.map { fileTensors[$0] }, isWhole: false)
    for index in boundary.inputs + boundary.outputs {
      let tensor = fileTensors[index]
      let name = graph.tensors[index].name
      if file.main.tensors[Int(tensor)].name != name { content.names[tensor] = name }
    }
    return content
  }
}
