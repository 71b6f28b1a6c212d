internal import Foundation
public import IsocutFormats
public import IsocutGraph

/// A backend without an engine: made-up times and results, the same on every machine.
///
/// With it every command can be tried, and tested, without a library: a dry run of `partition`
/// is deterministic bit for bit. A chain of stages computes what the whole model computes.
public struct NullBackend: ExecutingBackend {
  private let options: Result<NullOptions, IsocutError>

  /// - Parameter options: how it behaves; nil reads the environment variable `ISOCUT_NULL`.
  public init(options: NullOptions? = nil) {
    if let options {
      self.options = .success(options)
    } else {
      let text = ProcessInfo.processInfo.environment["ISOCUT_NULL"] ?? ""
      self.options = Result { () throws(IsocutError) in try NullOptions(parsing: text) }
    }
  }

  public var name: String { "null" }
  public var format: ModelFormat { .onnx }
  public var isSimulated: Bool { true }
  public var compilesExpensively: Bool { false }

  public func availability() -> Availability {
    switch options {
    case .success(let options):
      .ready(
        version: options.version, library: "built in", details: ["time: \(options.time.rawValue)"])
    case .failure(let error):
      .unavailable(reason: error.message, remedy: "unset ISOCUT_NULL or correct it")
    }
  }

  public func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan, in folder: String
  ) throws -> FirstCosts? {
    let graph = try NullArtifact.graph(ofModel: model.path)
    return FirstCosts(
      milliseconds: graph.operators.map(NullCosts.milliseconds(of:)),
      wholeMilliseconds: NullCosts.milliseconds(of: graph))
  }

  /// - Throws: `IsocutError` `.usage` for a vendor's split, `.missingInput` or `.badData` for a
  ///   stage file that cannot be read.
  public func compile(_ request: CompileRequest) throws -> [Artifact] {
    guard case .stage(let file, let options) = request else {
      throw IsocutError(.usage, "the null backend has no compiler that cuts a model itself")
    }
    _ = try NullArtifact(file)
    return [Artifact(backend: name, files: [file], stages: [], options: options)]
  }

  public func open(
    _ artifact: Artifact, _ placement: Placement, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws -> any Executor {
    var options = try options.get()
    if let level = options.fault?.level, level != artifact.options.optimizationLevel {
      options.fault = nil
    }
    guard let file = artifact.files.first else {
      throw IsocutError(.badData, "the artifact of a null stage names no file")
    }
    var program = try NullArtifact(file).program(inputs: inputs, outputs: outputs)
    program.milliseconds /= Double(max(1, placement.threads))
    return NullExecutor(program, inputs: inputs, outputs: outputs, options: options)
  }

  /// In virtual time each sample is the cost model's figure divided by the number of lanes; in busy
  /// time the stage runs and the clock measures it.
  public func measure(
    _ artifact: Artifact, _ load: Load, observe: (Double) -> Bool
  ) throws -> SampleKind {
    guard try options.get().time == .virtual else {
      try measureByRunning(artifact, load, observe: observe)
      return .latencyMilliseconds
    }
    guard let first = load.lanes.first else {
      throw IsocutError(.usage, "a stage is measured on at least one lane; the load names none")
    }
    let executor = try open(artifact, first, inputs: load.inputs, outputs: load.outputs)
    guard let executor = executor as? NullExecutor else { return .latencyMilliseconds }
    repeat {
      try executor.enterCall()
    } while observe(executor.milliseconds / Double(load.lanes.count))
    return .latencyMilliseconds
  }
}
