internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

extension ONNXRuntimeBackend {
  /// Fixes the shapes, folds constants where that pays, and sees types and shapes of all tensors in
  /// three runs. Leaves `prepared.onnx` in the folder, and `prepared.onnx.data` beside it where the
  /// weights are too large for one file.
  public func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel {
    _ = try library()
    let source = try ONNXFile(path: request.modelPath)
    let shapes = try source.resolveShapes(shapes: request.shapes, dimensions: request.dimensions)
    let inputs = try Self.specs(of: source, shapes: shapes)
    try request.inputs.checkNames(inputs)

    var preparation = Preparation(backend: self, source: source, folder: folder)
    try preparation.fix(shapes)
    if request.folds { try preparation.fold() }
    let prepared = try ONNXFile(path: preparation.path)
    let probe = try TensorProbe(
      self, prepared, folder: folder, inputs: inputs, inputPlan: request.inputs,
      modelPath: request.modelPath)
    return PreparedModel(
      path: preparation.path, sha256: try prepared.sha256(), format: .onnx,
      isFolded: preparation.isFolded, isDynamic: preparation.isDynamic, inputs: inputs,
      outputs: try probe.outputs(of: prepared, modelPath: request.modelPath),
      tensors: probe.tensors, pinned: probe.pinned, contents: probe.contents,
      notes: preparation.notes)
  }

  /// The inputs with their shapes.
  ///
  /// - Throws: `IsocutError` `.badData` naming an input that no buffer can hold.
  private static func specs(of source: ONNXFile, shapes: [String: [Int]]) throws -> [TensorSpec] {
    try source.inputs.map { input in
      guard let element = input.type.element, let shape = shapes[input.name] else {
        throw IsocutError(
          .badData, "the input \(input.name) of \(source.path) has no element type")
      }
      guard element != .string else {
        throw IsocutError(
          .badData,
          "the input \(input.name) of \(source.path) holds strings, which isocut cannot make or pass"
        )
      }
      return TensorSpec(name: input.name, elementType: element, shape: shape)
    }
  }
}
