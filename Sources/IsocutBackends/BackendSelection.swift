package import IsocutFormats
import IsocutGraph

/// Which backend a command or a worker uses, as a value that travels between processes.
public struct BackendSelection: Hashable, Sendable, Codable {
  public var name: String
  /// Where the user says the engine library is (`--onnxruntime PATH`, `--tflite PATH`); nil searches
  /// the usual places.
  public var library: String?
  /// Of the Edge TPU; nil takes the defaults.
  package var edgeTPU: EdgeTPUSettings?

  public init(name: String, library: String? = nil) {
    self.name = name
    self.library = library
  }

  /// Edge TPUs.
  package init(_ settings: EdgeTPUSettings, library: String? = nil) {
    self.init(name: EdgeTPUBackend.backendName, library: library)
    edgeTPU = settings
  }

  /// The name under which measurements are kept: what the backend was told is part of it.
  package var storedName: String {
    guard let step = edgeTPU?.delegateSearchStep, step > 1 else { return name }
    return "\(name), delegate_search_step \(step)"
  }

  /// What runs files that are compiled already.
  package var forCompiledFiles: BackendSelection {
    guard name == EdgeTPUBackend.backendName else { return self }
    var selection = self
    selection.edgeTPU = edgeTPU ?? EdgeTPUSettings()
    selection.edgeTPU?.compilesElsewhere = true
    return selection
  }

  /// The same on another machine, where paths of this one mean nothing.
  package var elsewhere: BackendSelection {
    var selection = forCompiledFiles
    selection.library = nil
    selection.edgeTPU?.compiler = nil
    return selection
  }

  /// What checks the cut itself, apart from what a vendor's compiler makes of it.
  package var reference: BackendSelection {
    name == EdgeTPUBackend.backendName ? BackendSelection(name: "tflite", library: library) : self
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
    case EdgeTPUBackend.backendName:
      return EdgeTPUBackend(edgeTPU ?? EdgeTPUSettings(), library: library)
    case "null": return NullBackend()
    default:
      throw IsocutError(
        .usage,
        "there is no backend \(name); known are \(Self.allNames.joined(separator: ", "))")
    }
  }
}
