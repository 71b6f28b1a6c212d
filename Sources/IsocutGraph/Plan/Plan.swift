/// A cut with its devices, and what was predicted, measured and proven of it: the content of
/// `plan.json`. Keys are the property names in snake case; times are milliseconds.
public struct Plan: Codable, Hashable, Sendable {
  /// Rises when a reader of older files would be wrong. Readers refuse a higher one and ignore keys
  /// that they do not know.
  public static let currentSchemaVersion = 1

  public var schemaVersion: Int = Plan.currentSchemaVersion
  public var toolVersion: String
  public var backend: String
  /// True where times come from a model of a device.
  public var simulated: Bool
  public var model: Model
  /// SHA-256 of the prepared model, the file that was cut.
  public var preparedSha256: String
  public var options: Options
  /// What the model takes and returns, with the sizes the plan was made for.
  public var inputs: [TensorSpec]
  public var outputs: [TensorSpec]
  public var stages: [Stage]

  /// The largest `measured_ms`.
  @ExplicitNull public var bottleneckMs: Double?
  /// The largest time per item with all stages looping at the same time, unlinked.
  @ExplicitNull public var bottleneckTogetherMs: Double?
  /// The largest sum of stage times on one core, where stages share cores; else null.
  @ExplicitNull public var coreBottleneckMs: Double?
  /// No cut has a smaller bottleneck, by the kind of proof that `certificate` names.
  @ExplicitNull public var lowerBoundMs: Double?
  /// 100 (bottleneck / bound - 1).
  @ExplicitNull public var gapPercent: Double?
  public var certificate: Certificate
  /// Bottleneck of the equal-parameter cut, measured interleaved with the final one.
  @ExplicitNull public var equalParametersBottleneckMs: Double?
  @ExplicitNull public var verified: Bool?
  public var search: Search
  public var environment: Environment
  /// What a reader should know, a sentence each.
  public var notes: [String]

  public init(
    toolVersion: String, backend: String, simulated: Bool, model: Model, preparedSha256: String,
    options: Options, inputs: [TensorSpec], outputs: [TensorSpec], stages: [Stage],
    certificate: Certificate, search: Search, environment: Environment, notes: [String]
  ) {
    self.toolVersion = toolVersion
    self.backend = backend
    self.simulated = simulated
    self.model = model
    self.preparedSha256 = preparedSha256
    self.options = options
    self.inputs = inputs
    self.outputs = outputs
    self.stages = stages
    self.certificate = certificate
    self.search = search
    self.environment = environment
    self.notes = notes
  }

  /// What the lower bound rests on.
  public enum Certificate: String, Codable, Hashable, Sendable {
    /// Measured stages, over all cuts; a stage that contains a measured one costs no less.
    case measured
    /// The same, over the orders of operators that were considered.
    case measuredOrder = "measured-order"
    /// The cost model: true of the predicted times.
    case model
    /// Nothing is claimed.
    case none
  }

  /// The model file the plan was made from.
  public struct Model: Codable, Hashable, Sendable {
    public var path: String
    public var sha256: String
    public var bytes: Int
    public var shapes: [String: [Int]]

    public init(path: String, sha256: String, bytes: Int, shapes: [String: [Int]]) {
      self.path = path
      self.sha256 = sha256
      self.bytes = bytes
      self.shapes = shapes
    }
  }

  /// What the user asked for, as far as another command needs it.
  public struct Options: Codable, Hashable, Sendable {
    public var optimizationLevel: String
    public var folded: Bool
    /// True where the model kept free dimensions because fixed ones make it invalid.
    public var dynamic: Bool
    public var inputValues: [String: Double]
    public var inputRanges: [String: [Double]]
    public var inputFiles: [String: String]
    public var seed: UInt64
    public var search: String
    public var tolerancePercent: Double

    public init(
      optimizationLevel: String, folded: Bool, dynamic: Bool, inputValues: [String: Double],
      inputRanges: [String: [Double]], inputFiles: [String: String], seed: UInt64, search: String,
      tolerancePercent: Double
    ) {
      self.optimizationLevel = optimizationLevel
      self.folded = folded
      self.dynamic = dynamic
      self.inputValues = inputValues
      self.inputRanges = inputRanges
      self.inputFiles = inputFiles
      self.seed = seed
      self.search = search
      self.tolerancePercent = tolerancePercent
    }
  }

  /// One stage: what it holds, where it runs and how long it takes.
  public struct Stage: Codable, Hashable, Sendable {
    public var index: Int
    public var device: Device
    /// File name in the bundle.
    public var file: String
    public var sha256: String
    /// The file in the bundle that holds the stage's weights; nil where they are in `file`, as they
    /// are below 2 GiB.
    @ExplicitNull public var weightsFile: String?
    @ExplicitNull public var weightsSha256: String?
    /// How many operators it holds.
    public var operators: Int
    /// The first non-empty output of each of its operators.
    public var operatorIds: [String]
    public var parameterBytes: Int
    /// The part of `parameter_bytes` that other stages hold too.
    public var sharedParameterBytes: Int
    public var inputTensors: [TensorSpec]
    public var outputTensors: [TensorSpec]
    @ExplicitNull public var predictedMs: Double?
    /// Median time per item with all lanes of the stage busy, the stage alone.
    @ExplicitNull public var measuredMs: Double?
    /// The 95 % interval of that median.
    @ExplicitNull public var measuredIntervalMs: [Double]?
    /// Median time of one call.
    @ExplicitNull public var latencyMs: Double?
    /// Median time per item with all stages looping at the same time.
    @ExplicitNull public var measuredTogetherMs: Double?
    /// `good` or `unstable`; null where the stage was not measured.
    @ExplicitNull public var status: String?

    public init(
      index: Int, device: Device, file: String, sha256: String, operatorIds: [String],
      parameterBytes: Int, sharedParameterBytes: Int, inputTensors: [TensorSpec],
      outputTensors: [TensorSpec]
    ) {
      self.index = index
      self.device = device
      self.file = file
      self.sha256 = sha256
      self.operators = operatorIds.count
      self.operatorIds = operatorIds
      self.parameterBytes = parameterBytes
      self.sharedParameterBytes = sharedParameterBytes
      self.inputTensors = inputTensors
      self.outputTensors = outputTensors
    }
  }

  /// What the search did and what it cost.
  public struct Search: Codable, Hashable, Sendable {
    public var rounds: Int
    public var compilations: Int
    /// Stages, each once, and profiles.
    public var measurements: Int
    /// Stages measured again beside others: in each of the final turns, and all at the same time.
    /// Nil in plans of versions that counted these as measurements.
    public var repeats: Int?
    /// Results that were taken from the store and not paid again.
    public var reused: Int
    public var seconds: Double

    public init(
      rounds: Int = 0, compilations: Int = 0, measurements: Int = 0, repeats: Int? = 0,
      reused: Int = 0, seconds: Double = 0
    ) {
      self.rounds = rounds
      self.compilations = compilations
      self.measurements = measurements
      self.repeats = repeats
      self.reused = reused
      self.seconds = seconds
    }
  }

  /// The machine and the versions that the figures belong to.
  public struct Environment: Codable, Hashable, Sendable {
    public var cpuModel: String
    public var cores: Int
    public var governor: String
    public var system: String
    public var engine: String
    public var engineVersion: String
    /// Of the vendor's compiler that made the stages; null where there is none.
    @ExplicitNull public var compilerVersion: String?
    public var date: String

    public init(
      cpuModel: String, cores: Int, governor: String, system: String, engine: String,
      engineVersion: String, compilerVersion: String? = nil, date: String
    ) {
      self.cpuModel = cpuModel
      self.cores = cores
      self.governor = governor
      self.system = system
      self.engine = engine
      self.engineVersion = engineVersion
      self.compilerVersion = compilerVersion
      self.date = date
    }
  }
}
