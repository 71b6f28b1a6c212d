public import IsocutFormats
public import IsocutGraph

/// TFLite models on this machine's cores, by TensorFlow Lite's shared library, found at run time.
///
/// The optimization levels `off` and `basic` use the engine's built-in kernels, which give equal
/// bytes however a model is cut; `extended` and `all` add XNNPACK's kernels, which are mostly faster
/// and may round differently.
public struct TFLiteBackend: ExecutingBackend {
  public let name = "tflite"
  public let format = ModelFormat.tflite
  public let isSimulated = false
  public let compilesExpensively = false
  public let sharesSessions = false
  public let choosesSpinning = false
  /// The path the user gave; nil searches the usual places.
  private let libraryPath: String?

  /// - Parameter library: the shared library to load; nil takes `ISOCUT_TFLITE`, then `.setup/lib`
  ///   in the first folder upward from the executable, then the system's.
  public init(library: String? = nil) {
    libraryPath = library
  }

  public func availability() -> Availability {
    switch TFLiteLibrary.find(libraryPath) {
    case .loaded(let library):
      .ready(version: library.version, library: library.path, details: [])
    case .missing(let searched):
      .unavailable(
        reason: "no TensorFlow Lite library at " + searched.joined(separator: ", "),
        remedy: Self.remedy)
    case .incompatible(let path, let found, let needed):
      .unavailable(
        reason: "\(path) is TensorFlow Lite \(found), needed is \(needed)", remedy: Self.remedy)
    case .broken(let path, let reason):
      .unavailable(reason: "\(path) does not load: \(reason)", remedy: Self.remedy)
    }
  }

  private static let remedy =
    "run scripts/setup, or say where the library is: --tflite PATH, or ISOCUT_TFLITE=PATH"

  /// - Throws: `IsocutError` `.unavailable`, with what is missing and what to type.
  func library() throws -> TFLiteLibrary {
    if case .loaded(let library) = TFLiteLibrary.find(libraryPath) { return library }
    guard case .unavailable(let reason, let remedy) = availability() else {
      return try library()
    }
    throw IsocutError(.unavailable, "\(reason); \(remedy)")
  }

  public func compile(_ request: CompileRequest) throws -> [Artifact] {
    guard case .stage(let file, let options) = request else {
      throw IsocutError(.usage, "tflite has no compiler that cuts models itself")
    }
    return [Artifact(backend: name, files: [file], stages: [], options: options)]
  }

  public func open(
    _ artifact: Artifact, _ placement: Placement, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws -> any Executor {
    try open(
      artifact, Interpreter.Options(artifact.options, placement), inputs: inputs, outputs: outputs)
  }

  func open(
    _ artifact: Artifact, _ options: Interpreter.Options, inputs: [TensorSpec],
    outputs: [TensorSpec]
  ) throws -> any Executor {
    guard let path = artifact.files.first else {
      throw IsocutError(.internalError, "an artifact without a file cannot be opened")
    }
    let interpreter = try load(path, options)
    do {
      return try TFLiteExecutor(interpreter, path: path, inputs: inputs, outputs: outputs)
    } catch let error as TFLiteFailure {
      throw IsocutError(.badData, "tflite refuses the boundary of \(path)", cause: error)
    }
  }

  /// Loads a model file and gives its tensors memory.
  ///
  /// - Parameter shapes: of inputs that get another shape than the file's, by their position among
  ///   its tensors.
  /// - Throws: `IsocutError` `.missingInput`, `.badData` naming a custom operator that the engine
  ///   lacks or saying why the file does not load, `.unavailable`.
  func load(
    _ path: String, _ options: Interpreter.Options, shapes: [Int32: [Int]] = [:]
  ) throws -> Interpreter {
    let library = try library()
    try LoadFailure.checkFile(path)
    do {
      let interpreter = try Interpreter(library, path: path, options)
      try interpreter.resizeInputs(to: shapes)
      try interpreter.allocate()
      return interpreter
    } catch {
      throw Self.explain(error, path: path)
    }
  }

  /// Custom operators that the library brings along.
  private static let customOperators: Set<String> = [
    "TFLite_Detection_PostProcess", "AudioSpectrogram", "Mfcc",
  ]

  private static func explain(_ failure: TFLiteFailure, path: String) -> IsocutError {
    let missing =
      (try? TFLiteFile(path: path))?.customOperators.filter { !customOperators.contains($0) } ?? []
    if failure.status == TFLiteFailure.unresolvedOperators, !missing.isEmpty {
      let isCompiled = missing.contains("edgetpu-custom-op")
      return IsocutError(
        .badData,
        "\(path) needs the custom operator \(missing.joined(separator: ", ")), which TensorFlow Lite "
          + "lacks" + (isCompiled ? "; it is compiled for the Edge TPU and runs only there" : ""),
        cause: failure)
    }
    return IsocutError(.badData, "tflite refuses \(path)", cause: failure)
  }
}

extension Interpreter.Options {
  init(_ options: RunOptions, _ placement: Placement) {
    self.init(
      threads: max(1, placement.threads), usesXNNPACK: options.optimizationLevel.usesXNNPACK)
  }
}

extension RunOptions.OptimizationLevel {
  /// Whether TFLite models run on XNNPACK's kernels.
  var usesXNNPACK: Bool {
    switch self {
    case .off, .basic: false
    case .extended, .all: true
    }
  }
}
