internal import IsocutGraph
internal import SwiftProtobuf

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
    /// Initializers that get another name, of bodies too; each one that is not an input or output
    /// of the model, which keep theirs. Name and reference are the only bytes that change.
    public var renamedInitializers: Set<String>

    public init(
      inputShapes: [String: [Int]] = [:], extraOutputs: [String] = [],
      dropsInferredTypes: Bool = false, renamedInitializers: Set<String> = []
    ) {
      self.inputShapes = inputShapes
      self.extraOutputs = extraOutputs
      self.dropsInferredTypes = dropsInferredTypes
      self.renamedInitializers = renamedInitializers
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
    let struck = model.graph.initializerNames
    try check(rewrite, struck: struck)
    let renames = ConstantRenames(rewrite.renamedInitializers, in: self)
    try write(to: path, renames: renames) { mover in
      var copy = Splice()
      var graphIsWritten = false
      let raisesVersion = irVersion < 4 && model.graph.inputs.contains { struck.contains($0.name) }
      if raisesVersion { copy.append(ModelRecord.version(4)) }
      var reader = WireReader(mapped, 0..<mapped.bytes.count)
      while let field = try reader.next() {
        switch field.number {
        case ModelRecord.Field.irVersion where raisesVersion: break
        case ModelRecord.Field.graph:
          if graphIsWritten { continue }
          graphIsWritten = true
          copy.append(field: field.number, try graph(rewrite, struck, &mover))
        case ModelRecord.Field.function:
          copy.append(try mover.copy(field.range, .function))
        default: copy.append(field.range, of: mapped.identity)
        }
      }
      return copy
    }
  }

  private func graph(
    _ rewrite: Rewrite, _ struck: Set<String>, _ mover: inout WeightMover
  ) throws -> Splice {
    let dropsTypes = rewrite.dropsInferredTypes || !rewrite.inputShapes.isEmpty
    var copy = Splice()
    for message in model.graphMessages {
      var reader = WireReader(mapped, message)
      while let field = try reader.next() {
        switch field.number {
        case GraphRecord.Field.node: copy.append(try mover.copy(field.range, .node))
        case GraphRecord.Field.initializer: copy.append(try mover.copy(field.range, .initializer))
        case GraphRecord.Field.sparseInitializer:
          copy.append(try mover.copy(field.range, .sparseTensor))
        case GraphRecord.Field.input:
          var input = try Onnx_ValueInfoProto(reader, field)
          if struck.contains(input.name) { continue }
          if let shape = rewrite.inputShapes[input.name] {
            input.fix(shape)
            copy.append(try input.field(GraphRecord.Field.input))
          } else {
            copy.append(field.range, of: mapped.identity)
          }
        case GraphRecord.Field.output where dropsTypes:
          var output = try Onnx_ValueInfoProto(reader, field)
          if case .tensorType(var tensor)? = output.type.value {
            tensor.clearShape()
            output.type.tensorType = tensor
          }
          copy.append(try output.field(GraphRecord.Field.output))
        case GraphRecord.Field.valueInfo where dropsTypes: break
        default:
          if let renamed = try mover.renames.field(field, of: .graph, in: reader) {
            copy.append(renamed)
          } else {
            copy.append(field.range, of: mapped.identity)
          }
        }
      }
    }
    for name in rewrite.extraOutputs where !outputs.contains(where: { $0.name == name }) {
      var output = Onnx_ValueInfoProto()
      output.name = name
      copy.append(try output.field(GraphRecord.Field.output))
    }
    return copy
  }

  private func check(_ rewrite: Rewrite, struck: Set<String>) throws {
    let inputs = self.inputs
    for (name, shape) in rewrite.inputShapes.sorted(by: { $0.key < $1.key }) {
      guard let input = inputs.first(where: { $0.name == name }) else {
        throw IsocutError(.badData, "\(path) has no input \(name) whose shape could be fixed")
      }
      guard input.type.shape.map({ $0.count == shape.count }) ?? true else {
        throw IsocutError(
          .badData,
          "input \(name) of \(path) has \(input.type) and cannot have \(shape.count) dimensions")
      }
    }
    let known = Set(tensorNames).union(struck).union(inputs.map(\.name))
    for name in rewrite.extraOutputs where !known.contains(name) {
      throw IsocutError(.badData, "\(path) has no tensor \(name) that could be returned")
    }
  }
}

extension Onnx_ValueInfoProto {
  /// Sets all sizes, keeping what else a dimension says.
  mutating func fix(_ shape: [Int]) {
    var sizes = type.tensorType.shape.dim
    if sizes.count != shape.count {
      sizes = Array(repeating: Onnx_TensorShapeProto.Dimension(), count: shape.count)
    }
    for (index, size) in shape.enumerated() { sizes[index].dimValue = Int64(size) }
    type.tensorType.shape.dim = sizes
  }

  /// The message as a field of a graph.
  func field(_ number: Int) throws -> [UInt8] {
    var writer = WireWriter()
    let bytes: [UInt8] = try serializedBytes()
    writer.field(number, bytes)
    return writer.bytes
  }
}

extension ModelRecord {
  /// The field that states the version of the format.
  static func version(_ version: Int) -> [UInt8] {
    var writer = WireWriter()
    writer.field(Field.irVersion, version)
    return writer.bytes
  }
}
