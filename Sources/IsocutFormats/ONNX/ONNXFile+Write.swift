internal import IsocutGraph

extension ONNXFile {
  /// What changes in a copy of a whole model; nodes, weights and unknown fields keep their bytes.
  public struct Rewrite: Hashable, Sendable {
    /// Sizes to fix, by input name. Where any is given, types that the file had inferred from other
    /// sizes are left out.
    public var inputShapes: [String: [Int]]
    /// Tensors to return besides the model's outputs, in this order, by name only.
    public var extraOutputs: [String]
    /// Leaves out `value_info` and the shapes of outputs even where no size is fixed.
    public var dropsInferredTypes: Bool

    public init(
      inputShapes: [String: [Int]] = [:], extraOutputs: [String] = [],
      dropsInferredTypes: Bool = false
    ) {
      self.inputShapes = inputShapes
      self.extraOutputs = extraOutputs
      self.dropsInferredTypes = dropsInferredTypes
    }
  }

  /// Writes a copy of the whole model, changed as `rewrite` says.
  ///
  /// Inputs with a default value are struck from the inputs (the format's version is raised to 4
  /// where that needs it), so engines may fold them. External weights move into the file while it
  /// stays below 2 GiB, else into one file beside it, named like it with `.data` appended.
  ///
  /// - Throws: `IsocutError` `.badData` where an input does not exist or the source has changed,
  ///   `.cannotCreate` or `.inputOutput` where the file cannot be written; nothing is left then.
  public func write(to path: String, _ rewrite: Rewrite = Rewrite()) throws {
    throw IsocutError(.internalError, "not written yet")
  }
}
