internal import IsocutGraph

/// A model as positions in the file.
struct ModelRecord: Sendable {
  var irVersion = 0
  var producerName = ""
  var producerVersion = ""
  /// Versions of operator sets by domain; the format's own domain is the empty text.
  var opsets: [String: Int] = [:]
  var graph: GraphRecord
  /// The graph's messages: one, unless the file repeats the field.
  var graphMessages: [Range<Int>] = []
  var functions: [FunctionRecord] = []
  /// Everything but graph, functions and training information, in file order; among it fields that
  /// this program does not know.
  var rest: [(number: Int, range: Range<Int>)] = []

  enum Field {
    static let irVersion = 1
    static let producerName = 2
    static let producerVersion = 3
    static let graph = 7
    static let opset = 8
    static let training = 20
    static let function = 25
  }

  init(_ file: MappedFile) throws {
    graph = try GraphRecord([])
    var reader = WireReader(file, 0..<file.bytes.count)
    var graphs: [WireReader] = []
    while let field = try reader.next() {
      switch field.number {
      case Field.graph: graphs.append(try reader.message(field))
      case Field.function: functions.append(try FunctionRecord(field, in: reader))
      case Field.training: break
      default:
        try readHead(field, in: reader)
        rest.append((field.number, field.range))
      }
    }
    guard !graphs.isEmpty else { throw NotONNX() }
    graph = try GraphRecord(graphs)
    graphMessages = graphs.map(\.remaining)
    // Without operator sets the first one is meant, as before version 3 of the format.
    if opsets.isEmpty { opsets[""] = 1 }
  }

  private mutating func readHead(_ field: WireField, in reader: WireReader) throws {
    switch field.number {
    case Field.irVersion:
      guard field.kind == .varint else { throw NotONNX() }
      irVersion = field.integer
    case Field.producerName: producerName = try reader.text(field)
    case Field.producerVersion: producerVersion = try reader.text(field)
    case Field.opset:
      let opset: Onnx_OperatorSetIdProto = try reader.decode(field)
      opsets[opset.domain == "ai.onnx" ? "" : opset.domain] = Int(opset.version)
    default: break
    }
  }

  /// The bytes are well-formed but no model.
  struct NotONNX: Error {}
}

/// A function that the model brings along.
struct FunctionRecord: Sendable {
  var id: FunctionID
  /// What its nodes run, those of bodies included.
  var calls: Set<FunctionID> = []
  /// Tensors its nodes hold.
  var tensors: [TensorRecord] = []
  /// The whole field in the file.
  var range: Range<Int>

  private enum Field {
    static let name = 1
    static let node = 7
    static let domain = 10
    static let overload = 13
  }

  init(_ field: WireField, in parent: WireReader) throws {
    range = field.range
    id = FunctionID(domain: "", name: "", overload: "")
    var reader = try parent.message(field)
    while let field = try reader.next() {
      switch field.number {
      case Field.name: id.name = try reader.text(field)
      case Field.domain: id.domain = try reader.text(field)
      case Field.overload: id.overload = try reader.text(field)
      case Field.node:
        let node = try NodeRecord(field, in: reader, depth: 1)
        calls.insert(node.function)
        calls.formUnion(node.contents.bodyFunctions)
        tensors += node.contents.tensors + node.contents.bodyTensors
      default: break
      }
    }
    if id.domain == "ai.onnx" { id.domain = "" }
  }
}
