public import IsocutGraph

/// An ONNX file with its graph, ready to be cut.
public struct ONNXModel: CuttableModel {
  public let file: ONNXFile
  public let graph: Graph
  /// What a reader of a report should know, a sentence each.
  public let notes: [String]

  public var format: ModelFormat { .onnx }
  public var path: String { file.path }

  /// Builds the graph of a file.
  ///
  /// - Parameters:
  ///   - types: types of tensors as an engine found them; they beat what the file says. Where any is
  ///     given, a tensor whose type is not known may not cross a cut.
  ///   - pinned: tensors that may not cross a cut, with the reason.
  /// - Throws: `IsocutError` `.badData` naming the node or tensor where the graph is not valid: a
  ///   tensor nobody makes or two nodes make, a cycle, an operator set that is not imported.
  public init(
    file: ONNXFile, types: [String: TensorType] = [:], pinned: [String: String] = [:]
  ) throws {
    self.file = file
    throw IsocutError(.internalError, "not written yet")
  }

  public func writeStage(_ stage: OperatorSet, to path: String) throws {
    throw IsocutError(.internalError, "not written yet")
  }

  public func contentKey(ofStage stage: OperatorSet) throws -> String {
    throw IsocutError(.internalError, "not written yet")
  }
}
