package import IsocutFormats
internal import IsocutGraph

extension PreparedModel {
  /// The prepared file with its graph, as the backend saw it.
  ///
  /// - Throws: `IsocutError` where the file is missing or damaged.
  package func openModel() throws -> any CuttableModel {
    switch format {
    case .onnx:
      try ONNXModel(
        file: ONNXFile(path: path),
        types: tensors.mapValues { TensorType(element: $0.elementType, fixedShape: $0.shape) },
        pinned: pinned)
    case .tflite: try openTFLiteModel()
    }
  }
}
