package import IsocutFormats
package import IsocutGraph

extension ONNXFile: SourceModel {
  package var formatDescription: String {
    let opsets = opsets.sorted { $0.key < $1.key }
      .map { "\($0.key.isEmpty ? "ai.onnx" : $0.key) \($0.value)" }.joined(separator: ", ")
    let producer = [producerName, producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
    return "ONNX IR \(irVersion), opset \(opsets)" + (producer.isEmpty ? "" : ", by \(producer)")
  }

  package var operatorCount: Int { nodes.count }

  package func compiledPackages() -> [CompiledPackage] { [] }

  package func graph() throws -> Graph { try ONNXModel(file: self, types: [:], pinned: [:]).graph }

  package func writeWhole(to path: String, shapes: [String: [Int]]) throws {
    try write(
      to: path,
      Rewrite(
        inputShapes: shapes, dropsInferredTypes: !shapes.isEmpty,
        renamedInitializers: EngineMadeNames.constants(of: self)))
  }
}
