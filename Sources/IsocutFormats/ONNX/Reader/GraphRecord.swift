internal import IsocutGraph

/// A graph as positions in the file: its nodes, its weights, its values, and the rest.
struct GraphRecord: Sendable {
  var nodes: [NodeRecord] = []
  var name = ""
  var initializers: [InitializerRecord] = []
  var sparseInitializers: [SparseRecord] = []
  var inputs: [ValueRecord] = []
  var outputs: [ValueRecord] = []
  var valueInfo: [ValueRecord] = []
  var annotations: [AnnotationRecord] = []
  /// All other fields: name, documentation, metadata, and fields this program does not know.
  var rest: [Range<Int>] = []

  enum Field {
    static let node = 1
    static let name = 2
    static let initializer = 5
    static let input = 11
    static let output = 12
    static let valueInfo = 13
    static let annotation = 14
    static let sparseInitializer = 15
  }

  /// - Parameters:
  ///   - messages: the graph; more than one where the file repeats the field, which means one graph
  ///     in pieces.
  ///   - depth: how many graphs are around this one.
  init(_ messages: [WireReader], depth: Int = 0) throws {
    for message in messages {
      var reader = message
      while let field = try reader.next() { try add(field, in: reader, depth: depth) }
    }
  }

  private mutating func add(_ field: WireField, in reader: WireReader, depth: Int) throws {
    switch field.number {
    case Field.node: nodes.append(try NodeRecord(field, in: reader, depth: depth))
    case Field.initializer: initializers.append(try InitializerRecord(field, in: reader))
    case Field.sparseInitializer: sparseInitializers.append(try SparseRecord(field, in: reader))
    case Field.input: inputs.append(try ValueRecord(field, in: reader))
    case Field.output: outputs.append(try ValueRecord(field, in: reader))
    case Field.valueInfo: valueInfo.append(try ValueRecord(field, in: reader))
    case Field.annotation:
      annotations.append(try AnnotationRecord(field, in: reader))
    default:
      if field.number == Field.name { name = try reader.text(field) }
      rest.append(field.range)
    }
  }
}

/// How a tensor is quantized.
struct AnnotationRecord: Sendable {
  /// The tensor it is about.
  var tensor = ""
  /// The tensors that hold its scale and its zero point.
  var parameters: [String] = []
  /// The whole field in the file.
  var range: Range<Int>

  private enum Field {
    static let tensor = 1
    static let parameter = 2
  }

  init(_ field: WireField, in parent: WireReader) throws {
    range = field.range
    var reader = try parent.message(field)
    while let field = try reader.next() {
      switch field.number {
      case Field.tensor: tensor = try reader.text(field)
      case Field.parameter:
        let entry: Onnx_StringStringEntryProto = try reader.decode(field)
        parameters.append(entry.value)
      default: break
      }
    }
  }
}

/// A dense initializer of a graph.
struct InitializerRecord: Sendable {
  var tensor: TensorRecord
  /// The whole field in the file.
  var range: Range<Int>

  init(_ field: WireField, in reader: WireReader) throws {
    tensor = try TensorRecord(try reader.message(field))
    range = field.range
  }
}

/// A sparse tensor: values and their positions.
struct SparseRecord: Sendable {
  var values: TensorRecord
  var indices: TensorRecord
  var range: Range<Int>

  /// A sparse initializer is called by the name of its values.
  var name: String { values.name }
  var byteCount: Int { values.byteCount + indices.byteCount }

  private enum Field {
    static let values = 1
    static let indices = 2
  }

  init(_ field: WireField, in parent: WireReader) throws {
    var reader = try parent.message(field)
    var values: TensorRecord?
    var indices: TensorRecord?
    while let field = try reader.next() {
      switch field.number {
      case Field.values: values = try TensorRecord(try reader.message(field))
      case Field.indices: indices = try TensorRecord(try reader.message(field))
      default: break
      }
    }
    guard let values, let indices else {
      throw IsocutError(
        .badData,
        "the sparse tensor at byte \(field.range.lowerBound) lacks its values or its indices")
    }
    self.values = values
    self.indices = indices
    range = field.range
  }
}
