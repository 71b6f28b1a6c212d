internal import IsocutGraph

/// The constants of a graph, each listed once, in the order in which operators first read them.
struct ConstantTable {
  /// Where bytes of constants are kept.
  enum Root: Hashable {
    case initializer(Int)
    case sparseInitializer(Int)
    /// Tensors held by, or made by, the node at this position.
    case node(Int)
    case function(Int)
    /// A value the model returns that is computed from constants.
    case output(String)
  }

  private(set) var constants: [Constant] = []
  private var positions: [Root: Int] = [:]
  private let file: ONNXFile
  private let scope: Scope
  private let types: TypeTable
  private let functions: FunctionTable

  init(_ file: ONNXFile, _ scope: Scope, _ types: TypeTable) {
    self.file = file
    self.scope = scope
    self.types = types
    functions = FunctionTable(file.model.functions)
  }

  private var graph: GraphRecord { file.model.graph }

  /// Positions of the constants that an operator reads, ascending: its own tensors, and those its
  /// inputs are computed from.
  mutating func read(byNodeAt position: Int, _ order: NodeOrder) throws -> [Int] {
    var found: Set<Int> = []
    let reach = ConstantReach(ofNodeAt: position, graph, scope, order)
    for index in reach.initializers { found.insert(add(.initializer(index))) }
    for index in reach.sparseInitializers { found.insert(add(.sparseInitializer(index))) }
    for node in reach.nodes + [position] {
      let bytes = try heldBytes(graph.nodes[node], isConstant: order.isConstant[node])
      if bytes > 0 { found.insert(add(.node(node), byteCount: bytes)) }
      for function in functions.needed(by: graph.nodes[node].calls) {
        let bytes = file.model.functions[function].tensors.reduce(0) { $0 + $1.byteCount }
        if bytes > 0 { found.insert(add(.function(function), byteCount: bytes)) }
      }
    }
    return found.sorted()
  }

  /// The position of a constant that the model returns, made if it is not there.
  mutating func returned(_ name: String) throws -> Int {
    switch scope[name] {
    case .initializer(let index): return add(.initializer(index))
    case .sparseInitializer(let index): return add(.sparseInitializer(index))
    case .node(let node) where graph.nodes[node].kind == "Constant":
      return add(
        .node(node), byteCount: try heldBytes(graph.nodes[node], isConstant: true))
    default:
      let bytes = types[name].byteCount ?? 0
      return add(.output(name), byteCount: bytes <= TensorRecord.largestByteCount ? bytes : 0)
    }
  }

  /// Bytes of the tensors in a node's attributes and bodies, and of the value that a
  /// `ConstantOfShape` makes of nearly nothing.
  private func heldBytes(_ node: NodeRecord, isConstant: Bool) throws -> Int {
    let tensors = node.contents.tensors + node.contents.bodyTensors
    var bytes = tensors.reduce(0) { $0 + $1.byteCount }
    guard isConstant, node.domain.isEmpty else { return bytes }
    if node.kind == "Constant", tensors.isEmpty {
      bytes = try Attributes(of: node, in: file).byteCount
    } else if node.kind == "ConstantOfShape", let made = types[node.id].byteCount,
      made <= TensorRecord.largestByteCount
    {
      bytes += made
    }
    return bytes
  }

  private mutating func add(_ root: Root, byteCount: Int = 0) -> Int {
    if let position = positions[root] { return position }
    let constant =
      switch root {
      case .initializer(let index):
        Constant(
          name: graph.initializers[index].tensor.name,
          byteCount: graph.initializers[index].tensor.byteCount)
      case .sparseInitializer(let index):
        Constant(
          name: graph.sparseInitializers[index].name,
          byteCount: graph.sparseInitializers[index].byteCount)
      case .node(let index): Constant(name: graph.nodes[index].id, byteCount: byteCount)
      case .function(let index):
        Constant(name: file.model.functions[index].id.name, byteCount: byteCount)
      case .output(let name): Constant(name: name, byteCount: byteCount)
      }
    positions[root] = constants.count
    constants.append(constant)
    return constants.count - 1
  }
}

/// What of the constants a set of operators needs: initializers, and nodes on constants.
struct ConstantReach {
  /// Positions, ascending.
  private(set) var initializers: [Int] = []
  private(set) var sparseInitializers: [Int] = []
  private(set) var nodes: [Int] = []

  init(ofNodeAt position: Int, _ graph: GraphRecord, _ scope: Scope, _ order: NodeOrder) {
    self.init(ofNodesAt: [position], graph, scope, order)
  }

  init(ofNodesAt positions: [Int], _ graph: GraphRecord, _ scope: Scope, _ order: NodeOrder) {
    var initializers: Set<Int> = []
    var sparseInitializers: Set<Int> = []
    var nodes: Set<Int> = []
    var open = positions
    while let position = open.popLast() {
      for name in graph.nodes[position].reads {
        switch scope[name] {
        case .initializer(let index): initializers.insert(index)
        case .sparseInitializer(let index): sparseInitializers.insert(index)
        case .node(let index) where order.isConstant[index]:
          if nodes.insert(index).inserted { open.append(index) }
        default: break
        }
      }
    }
    self.initializers = initializers.sorted()
    self.sparseInitializers = sparseInitializers.sorted()
    self.nodes = nodes.sorted()
  }
}
