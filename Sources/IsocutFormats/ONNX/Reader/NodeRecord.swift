internal import IsocutGraph

/// A node of a graph: what it reads and writes, and where it stands in the file.
struct NodeRecord: Sendable {
  var name = ""
  var kind = ""
  var domain = ""
  var overload = ""
  /// As written: an empty name holds the place of an input that is not given.
  var inputs: [String] = []
  var outputs: [String] = []
  /// The whole field in the file, tag included.
  var range: Range<Int>
  var payload: Range<Int>
  /// Messages of the attributes.
  var attributes: [Range<Int>] = []
  /// What attributes hold besides numbers and text: tensors, and the bodies of control flow.
  var contents = NodeContents()

  /// The name of its first output that is not empty; unique in a graph.
  var id: String { outputs.first { !$0.isEmpty } ?? "" }

  /// How messages call it.
  var label: String { "\(kind) node \(id.isEmpty ? "\"\(name)\"" : id)" }

  var function: FunctionID { FunctionID(domain: domain, name: kind, overload: overload) }

  private enum Field {
    static let input = 1
    static let output = 2
    static let name = 3
    static let kind = 4
    static let attribute = 5
    static let domain = 7
    static let overload = 8
  }

  static let inputField = Field.input
  static let nameField = Field.name

  /// - Parameter depth: how many bodies this node stands in.
  init(_ field: WireField, in parent: WireReader, depth: Int) throws {
    range = field.range
    payload = field.payload
    var reader = try parent.message(field)
    while let field = try reader.next() {
      switch field.number {
      case Field.input: inputs.append(try reader.text(field))
      case Field.output: outputs.append(try reader.text(field))
      case Field.name: name = try reader.text(field)
      case Field.kind: kind = try reader.text(field)
      case Field.attribute:
        attributes.append(try reader.message(field).remaining)
        try contents.add(attribute: try reader.message(field), depth: depth)
      case Field.domain: domain = try reader.text(field)
      case Field.overload: overload = try reader.text(field)
      default: break
      }
    }
    if domain == "ai.onnx" { domain = "" }
    guard !kind.isEmpty else {
      throw IsocutError(
        .badData, "the node at byte \(range.lowerBound) has no operator type")
    }
  }
}

/// The tensors and bodies in the attributes of one node, bodies of any depth included.
struct NodeContents: Sendable {
  /// Tensors held by attributes of the node itself.
  var tensors: [TensorRecord] = []
  /// Tensors held inside its bodies: initializers and values of `Constant` nodes.
  var bodyTensors: [TensorRecord] = []
  /// Names its bodies define: values and initializers.
  var bodyNames: Set<String> = []
  var bodyInitializers: Set<String> = []
  /// Names its bodies read from the scopes around them, each once.
  var captures: [String] = []
  /// Nodes of its bodies, by what they run.
  var bodyFunctions: Set<FunctionID> = []
  var hasBody = false

  /// Bodies in bodies beyond this are refused: a model has two or three.
  static let deepestBody = 32

  private enum Field {
    static let tensor = 5
    static let graph = 6
    static let tensors = 10
    static let graphs = 11
    static let sparse = 22
    static let sparses = 23
  }

  mutating func add(attribute message: WireReader, depth: Int) throws {
    var reader = message
    while let field = try reader.next() {
      switch field.number {
      case Field.tensor, Field.tensors:
        tensors.append(try TensorRecord(try reader.message(field)))
      case Field.sparse, Field.sparses:
        let sparse = try SparseRecord(field, in: reader)
        tensors += [sparse.values, sparse.indices]
      case Field.graph, Field.graphs:
        guard depth < Self.deepestBody else {
          throw IsocutError(
            .badData,
            "bodies are nested more than \(Self.deepestBody) deep, at byte \(field.range.lowerBound)"
          )
        }
        let body = try GraphRecord([try reader.message(field)], depth: depth + 1)
        add(body)
      default: break
      }
    }
  }

  private mutating func add(_ body: GraphRecord) {
    hasBody = true
    var defined = Set(body.inputs.map(\.name))
    defined.formUnion(body.initializers.map(\.tensor.name))
    defined.formUnion(body.sparseInitializers.map(\.name))
    for node in body.nodes { defined.formUnion(node.outputs) }
    defined.insert("")
    bodyNames.formUnion(defined)
    bodyInitializers.formUnion(body.initializers.map(\.tensor.name))
    var seen = Set(captures)
    func capture(_ name: String) {
      if !defined.contains(name), seen.insert(name).inserted { captures.append(name) }
    }
    for node in body.nodes {
      node.inputs.forEach(capture)
      node.contents.captures.forEach(capture)
      bodyFunctions.insert(node.function)
      bodyFunctions.formUnion(node.contents.bodyFunctions)
      bodyNames.formUnion(node.contents.bodyNames)
      bodyInitializers.formUnion(node.contents.bodyInitializers)
      bodyTensors += node.contents.tensors + node.contents.bodyTensors
    }
    // A body may return a value of the scope around it without any node.
    body.outputs.forEach { capture($0.name) }
    bodyTensors += body.initializers.map(\.tensor)
    bodyTensors += body.sparseInitializers.flatMap { [$0.values, $0.indices] }
  }
}

/// What a node runs: an operator of an operator set, or a function of the model.
struct FunctionID: Hashable, Sendable {
  var domain: String
  var name: String
  var overload: String
}
