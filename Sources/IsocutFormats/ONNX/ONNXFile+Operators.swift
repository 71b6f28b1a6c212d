extension ONNXFile {
  /// The kinds of operators the model runs, those of bodies and functions included; functions that
  /// the file defines itself are left out.
  package var operatorKinds: [(domain: String, kind: String)] {
    var called: Set<FunctionID> = []
    for node in model.graph.nodes {
      called.insert(node.function)
      called.formUnion(node.contents.bodyFunctions)
    }
    for function in model.functions { called.formUnion(function.calls) }
    called.subtract(model.functions.map(\.id))
    return called.map { ($0.domain, $0.name) }.sorted { $0 < $1 }
  }
}
