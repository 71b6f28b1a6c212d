package import IsocutFormats
package import IsocutGraph

/// A model file as a user gave it, before a backend prepares it.
package protocol SourceModel: Sendable {
  var path: String { get }
  /// Bytes of the file itself, weights in files beside it left out.
  var byteCount: Int { get }
  /// Format, version and origin in one line.
  var formatDescription: String { get }
  /// Versions of the operator sets by domain; empty where the format has none.
  var opsets: [String: Int] { get }
  /// Operators of the main graph as they stand in the file, those on constants included.
  var operatorCount: Int { get }
  /// The inputs a caller must give, in the file's order.
  var inputs: [ModelValue] { get }
  /// What operators that were compiled for the Edge TPU say of its memory; empty for other files.
  ///
  /// - Throws: `IsocutError` `.badData` where a package is damaged or of another kind.
  func compiledPackages() throws -> [CompiledPackage]

  /// SHA-256 in lower-case hex of the file and of all files it refers to.
  func sha256() throws -> String

  /// The whole fixed shape of each input.
  ///
  /// - Parameters:
  ///   - shapes: whole shapes by input name (`--shape`).
  ///   - dimensions: sizes by dimension name (`--dim`).
  /// - Throws: `IsocutError` `.usage` that names what is missing and how to give it, what does not
  ///   exist, or sizes that contradict the model.
  func resolveShapes(
    shapes: [String: [Int]], dimensions: [String: Int]
  ) throws -> [String: [Int]]

  /// The graph by the file alone, sizes that only an engine could compute being unknown.
  ///
  /// - Throws: `IsocutError` `.badData` where the graph is not valid.
  func graph() throws -> Graph

  /// Writes the whole model with its shapes fixed: what stages are compared with.
  ///
  /// - Parameter shapes: of all inputs; empty keeps the file's own, free dimensions included.
  func writeWhole(to path: String, shapes: [String: [Int]]) throws
}

extension ModelFormat {
  /// Reads a model file of this format.
  ///
  /// - Throws: `IsocutError` `.missingInput`, or `.badData` for a file that is damaged or of another
  ///   format.
  package func open(_ path: String) throws -> any SourceModel {
    switch self {
    case .onnx: try ONNXFile(path: path)
    case .tflite: try TFLiteFile(path: path)
    }
  }
}
