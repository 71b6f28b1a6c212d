internal import IsocutFormats
internal import IsocutGraph

extension PreparedModel {
  /// The prepared TFLite file with its graph, as the backend saw it.
  ///
  /// - Throws: `IsocutError` where the file is missing or damaged.
  func openTFLiteModel() throws -> TFLiteModel {
    try TFLiteModel(
      file: TFLiteFile(path: path),
      types: tensors.mapValues { TensorType(element: $0.elementType, fixedShape: $0.shape) },
      pinned: pinned)
  }
}
