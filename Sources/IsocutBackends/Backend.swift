public import IsocutFormats
public import IsocutGraph

/// An engine or a vendor's tool chain that compiles stages and measures them, and runs them where
/// it can. Everything above treats all backends alike.
public protocol Backend: Sendable {
  /// The name on the command line and in files, such as `onnxruntime`.
  var name: String { get }
  /// The format it reads.
  var format: ModelFormat { get }
  /// True where its figures come from a model of a device and not from a device.
  var isSimulated: Bool { get }
  /// True where `open` gives an executor; else it only measures.
  var executes: Bool { get }
  /// True where compiling takes so long that a search should count compilations, not seconds.
  var compilesExpensively: Bool { get }
  /// True where several threads may run one loaded model at the same time.
  var sharesSessions: Bool { get }
  /// True where the engine's threads spin or sleep between operators as `Placement.spins` says.
  var choosesSpinning: Bool { get }

  /// Whether it can be used here, and if not, what is missing and what to type. Never throws and
  /// never crashes: absence is a value.
  func availability() -> Availability

  /// The devices attached that are no CPU cores; none where stages run on cores.
  ///
  /// - Throws: `IsocutError` `.unavailable` where they cannot be listed.
  func devices() throws -> [Device]

  /// The version of the vendor's compiler that `compile` runs; nil where there is none.
  ///
  /// - Throws: `IsocutError` `.unavailable` where there should be one.
  func compilerVersion() throws -> String?

  /// Makes the model that is cut: shapes fixed, constants folded where that pays, types and shapes
  /// of all tensors known. Writes into `folder` only.
  ///
  /// - Throws: `IsocutError` `.usage` for a missing or unknown dimension, `.badData` for a model
  ///   that the engine refuses, `.unavailable` where the engine is missing.
  func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel

  /// Times of the operators of the prepared model as one profiled run shows them, or nil where the
  /// backend cannot know them.
  ///
  /// - Parameter folder: the profiler's files go there, nothing else.
  func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan, in folder: String
  ) throws -> FirstCosts?

  /// Turns stage files into what the device runs.
  ///
  /// - Throws: `IsocutError` `.vendorTool` where a vendor's compiler fails, whatever the reason,
  ///   `.unavailable` where it is missing. Without a compiler nothing is read before `open`.
  func compile(_ request: CompileRequest) throws -> [Artifact]

  /// Runs an artifact again and again and reports each sample until `observe` returns false.
  func measure(_ artifact: Artifact, _ load: Load, observe: (Double) -> Bool) throws -> SampleKind

  /// Loads an artifact for execution in this process.
  ///
  /// - Parameters:
  ///   - inputs: the tensors the caller will give, with their shapes. A file may leave dimensions
  ///     free, so the plan says them; where the file fixes them they must agree.
  ///   - outputs: the tensors the caller wants, likewise.
  /// - Returns: an executor whose `inputs` and `outputs` are those given, in the order given.
  /// - Throws: `IsocutError` `.badData` where the file does not load or its boundary is another one,
  ///   `.unavailable` where the engine is missing.
  func open(
    _ artifact: Artifact, _ placement: Placement, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws -> any Executor
}

extension Backend {
  public var sharesSessions: Bool { true }
  public var choosesSpinning: Bool { true }
  public func devices() throws -> [Device] { [] }
  public func compilerVersion() throws -> String? { nil }
}

/// Whether a backend can be used on this machine.
public enum Availability: Hashable, Sendable {
  /// Ready; versions by component, such as `onnxruntime: 1.31.1`, and the library's path.
  case ready(version: String, library: String, details: [String])
  /// What is wrong, and what to type to mend it.
  case unavailable(reason: String, remedy: String)
}

/// How the engine runs a model.
public struct RunOptions: Hashable, Sendable, Codable {
  public enum OptimizationLevel: String, Hashable, Sendable, Codable, CaseIterable {
    case off, basic, extended, all
  }

  public var optimizationLevel: OptimizationLevel

  public init(optimizationLevel: OptimizationLevel = .all) {
    self.optimizationLevel = optimizationLevel
  }
}

/// Which model to prepare, and with which sizes.
public struct PrepareRequest: Hashable, Sendable, Codable {
  public var modelPath: String
  /// Whole shapes by input name (`--shape`).
  public var shapes: [String: [Int]]
  /// Sizes by dimension name (`--dim`).
  public var dimensions: [String: Int]
  /// False keeps constant subgraphs as they are (`--no-fold`).
  public var folds: Bool
  public var inputs: InputPlan

  public init(
    modelPath: String, shapes: [String: [Int]] = [:], dimensions: [String: Int] = [:],
    folds: Bool = true, inputs: InputPlan = InputPlan()
  ) {
    self.modelPath = modelPath
    self.shapes = shapes
    self.dimensions = dimensions
    self.folds = folds
    self.inputs = inputs
  }
}

/// The model that is cut, as a value that another process or a later run can read.
public struct PreparedModel: Hashable, Sendable, Codable {
  /// Raise it with every change after which any backend prepares anything else from the same model:
  /// the file, its tensors, what is pinned, contents or notes. Prepared models are kept from one
  /// command to the next, and those of another revision are made anew.
  package static let revision = 3

  /// The prepared model file.
  public var path: String
  /// SHA-256 of the prepared file, lower-case hex.
  public var sha256: String
  public var format: ModelFormat
  /// True where constants were folded.
  public var isFolded: Bool
  /// True where the file kept its free dimensions because fixed ones make it invalid.
  public var isDynamic: Bool
  /// Inputs the engine wants, with the shapes chosen.
  public var inputs: [TensorSpec]
  public var outputs: [TensorSpec]
  /// Element type and shape of every tensor that was seen in a run, by name.
  public var tensors: [String: TensorSpec]
  /// Tensors that may not cross a cut, with the reason.
  public var pinned: [String: String]
  /// Bytes of tensors inside the model that mean something (shapes, axes, masks), as one run gave
  /// them: a stage that is measured alone gets them instead of made-up values.
  public var contents: [String: [UInt8]]
  /// What a reader of a report should know, a sentence each.
  public var notes: [String]

  public init(
    path: String, sha256: String, format: ModelFormat, isFolded: Bool, isDynamic: Bool,
    inputs: [TensorSpec], outputs: [TensorSpec], tensors: [String: TensorSpec],
    pinned: [String: String], contents: [String: [UInt8]] = [:], notes: [String]
  ) {
    self.path = path
    self.sha256 = sha256
    self.format = format
    self.isFolded = isFolded
    self.isDynamic = isDynamic
    self.inputs = inputs
    self.outputs = outputs
    self.tensors = tensors
    self.pinned = pinned
    self.contents = contents
    self.notes = notes
  }
}

/// Times of single operators from one profiled run.
public struct FirstCosts: Hashable, Sendable, Codable {
  /// Milliseconds per inference, one for each operator of the prepared model's graph.
  public var milliseconds: [Double]
  /// Milliseconds of one whole inference without profiling.
  public var wholeMilliseconds: Double

  public init(milliseconds: [Double], wholeMilliseconds: Double) {
    self.milliseconds = milliseconds
    self.wholeMilliseconds = wholeMilliseconds
  }
}

/// What to compile.
public enum CompileRequest: Hashable, Sendable, Codable {
  /// One stage: its file, and the options it will run with.
  case stage(file: String, options: RunOptions)
  /// The vendor's compiler cuts the model itself into stages of the given sizes.
  case vendorSplit(model: String, sizes: [Int])
}

/// Something a device can run.
public struct Artifact: Hashable, Sendable, Codable {
  public var backend: String
  /// The files, the first one being the one to load.
  public var files: [String]
  /// The stages it covers, by position in the plan; several where one program runs all clusters.
  public var stages: [Int]
  public var options: RunOptions
  /// What the vendor's tool said, as far as it matters to a reader.
  public var report: [String]

  public init(
    backend: String, files: [String], stages: [Int], options: RunOptions, report: [String] = []
  ) {
    self.backend = backend
    self.files = files
    self.stages = stages
    self.options = options
    self.report = report
  }
}

/// Where and with how many threads an executor runs.
public struct Placement: Hashable, Sendable, Codable {
  /// Cores for the calling thread (the first) and the engine's own threads (one each); empty leaves
  /// all threads where the system puts them.
  public var cpus: [Int]
  /// Threads that share one operator, the calling thread included; zero leaves it to the engine.
  public var threads: Int
  /// Whether engine threads spin while they wait for work.
  public var spins: Bool
  /// Which of the backend's devices runs it, where these are not CPUs.
  public var accelerator: Int

  public init(cpus: [Int], threads: Int? = nil, spins: Bool = true, accelerator: Int = 0) {
    self.cpus = cpus
    self.accelerator = accelerator
    self.threads = threads ?? max(1, cpus.count)
    self.spins = spins
  }
}

/// How a stage is loaded while it is measured: all its lanes busy at the same time.
public struct Load: Hashable, Sendable, Codable {
  /// One placement a lane.
  public var lanes: [Placement]
  public var inputs: [TensorSpec]
  public var outputs: [TensorSpec]
  public var inputPlan: InputPlan

  public init(
    lanes: [Placement], inputs: [TensorSpec], outputs: [TensorSpec], inputPlan: InputPlan
  ) {
    self.lanes = lanes
    self.inputs = inputs
    self.outputs = outputs
    self.inputPlan = inputPlan
  }
}

/// What the samples of a measurement mean.
public enum SampleKind: String, Hashable, Sendable, Codable {
  /// Milliseconds of one call.
  case latencyMilliseconds
  /// Milliseconds per item of the whole program, from a rate the tool printed.
  case wholeProgramMilliseconds
}
