public import IsocutGraph

/// The file formats isocut reads and writes.
public enum ModelFormat: String, Hashable, Sendable, Codable, CaseIterable {
  case onnx, tflite

  /// The suffix of stage files, with the dot.
  public var fileSuffix: String { "." + rawValue }

  /// The format that a file's name announces; nil where it announces none.
  public init?(suffixOf path: String) {
    guard let format = Self.allCases.first(where: { path.lowercased().hasSuffix($0.fileSuffix) })
    else { return nil }
    self = format
  }

  /// As people write it.
  public var title: String {
    switch self {
    case .onnx: "ONNX"
    case .tflite: "TFLite"
    }
  }
}

/// A model file that can be cut: its graph, and one valid file of the same format for any stage.
public protocol CuttableModel: Sendable {
  var format: ModelFormat { get }
  /// The file that was read.
  var path: String { get }
  var graph: Graph { get }

  /// Writes the operators of one stage, with the constants they read, as a model of its own.
  ///
  /// Nodes, weights and unknown fields keep their bytes. Nothing of a plan or of a position goes
  /// into the file, so equal stages give equal files.
  ///
  /// - Returns: the paths of what was written: the file to load, and, where its weights are too many
  ///   for one file of the format, the file beside it that holds them.
  /// - Throws: `IsocutError` `.badData` where a boundary tensor has no known element type,
  ///   `.cannotCreate` or `.inputOutput` where the file cannot be written; a file that was begun is
  ///   removed.
  @discardableResult
  func writeStage(_ stage: OperatorSet, to path: String) throws -> [String]

  /// The content key of a stage: SHA-256, in lower-case hex, of everything its file would hold that
  /// can change how it runs (operator set imports, boundary names, types and shapes, node bytes in
  /// file order, the SHA-256 of each constant). Cheap: constants are hashed once a model.
  func contentKey(ofStage stage: OperatorSet) throws -> String
}
