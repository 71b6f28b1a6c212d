public import IsocutFormats
public import IsocutGraph

/// ONNX models on this machine's cores, by ONNX Runtime's shared library, found at run time.
public struct ONNXRuntimeBackend: ExecutingBackend {
  public let name = "onnxruntime"
  public let format = ModelFormat.onnx
  public let isSimulated = false
  public let compilesExpensively = false
  /// The path the user gave; nil searches the usual places.
  private let libraryPath: String?

  /// - Parameter library: the shared library to load; nil takes `ISOCUT_ONNXRUNTIME`, then
  ///   `.setup/lib` in the first folder upward from the executable, then the system's.
  public init(library: String? = nil) {
    libraryPath = library
  }

  public func availability() -> Availability {
    switch ONNXRuntimeLibrary.find(libraryPath) {
    case .loaded(let library):
      .ready(
        version: library.version, library: library.path,
        details: ["its telemetry is switched off"])
    case .missing(let searched):
      .unavailable(
        reason: "no onnxruntime library at " + searched.joined(separator: ", "),
        remedy: Self.remedy)
    case .incompatible(let path, let found, let needed):
      .unavailable(
        reason: "\(path) is onnxruntime \(found), needed is \(needed)", remedy: Self.remedy)
    case .broken(let path, let reason):
      .unavailable(reason: "\(path) does not load: \(reason)", remedy: Self.remedy)
    }
  }

  private static let remedy =
    "run scripts/setup, or say where the library is: --onnxruntime PATH, or ISOCUT_ONNXRUNTIME=PATH"

  /// - Throws: `IsocutError` `.unavailable`, with what is missing and what to type.
  func library() throws -> ONNXRuntimeLibrary {
    if case .loaded(let library) = ONNXRuntimeLibrary.find(libraryPath) { return library }
    guard case .unavailable(let reason, let remedy) = availability() else {
      return try library()
    }
    throw IsocutError(.unavailable, "\(reason); \(remedy)")
  }

  public func compile(_ request: CompileRequest) throws -> [Artifact] {
    guard case .stage(let file, let options) = request else {
      throw IsocutError(.usage, "onnxruntime has no compiler that cuts models itself")
    }
    return [Artifact(backend: name, files: [file], stages: [], options: options)]
  }

  public func open(
    _ artifact: Artifact, _ placement: Placement, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws -> any Executor {
    guard let path = artifact.files.first else {
      throw IsocutError(.internalError, "an artifact without a file cannot be opened")
    }
    let session = try load(path, SessionOptions(artifact.options, placement))
    return try ONNXRuntimeExecutor(session, path: path, inputs: inputs, outputs: outputs)
  }

  /// Loads a model file, with the failure told in the words of isocut.
  func load(_ path: String, _ options: SessionOptions) throws -> Session {
    let library = try library()
    try LoadFailure.checkFile(path)
    do {
      return try Session(library, path: path, options)
    } catch {
      throw LoadFailure.explain(error, path: path)
    }
  }
}
