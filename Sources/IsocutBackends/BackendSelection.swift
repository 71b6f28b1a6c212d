package import IsocutFormats
import IsocutGraph

/// Which backend a command or a worker uses, as a value that travels between processes.
public struct BackendSelection: Hashable, Sendable, Codable {
  public var name: String
  /// Where the user says the engine library is (`--onnxruntime PATH`, `--tflite PATH`); nil searches
  /// the usual places.
  public var library: String?

  public init(name: String, library: String? = nil) {
    self.name = name
    self.library = library
  }

  /// The backends of this build, in the order `isocut backends` lists them.
  public static let allNames = ["onnxruntime", "tflite", "null"]

  /// What runs models of a format on this machine's cores where nothing else is asked for.
  package static func defaultName(for format: ModelFormat) -> String {
    switch format {
    case .onnx: "onnxruntime"
    case .tflite: "tflite"
    }
  }

  /// Makes the backend; it may be unavailable, which its `availability` says.
  ///
  /// - Throws: `IsocutError` `.usage` for a name that no backend has.
  package func make() throws -> any Backend {
    switch name {
    case "onnxruntime": return ONNXRuntimeBackend(library: library)
    case "tflite": return TFLiteBackend(library: library)
    case "null": return NullBackend()
    default:
      throw IsocutError(
        .usage,
        "there is no backend \(name); known are \(Self.allNames.joined(separator: ", "))")
    }
  }
}
