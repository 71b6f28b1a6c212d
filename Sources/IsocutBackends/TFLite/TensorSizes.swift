import IsocutGraph

/// What a few runs show of a graph's tensors.
struct TensorSizes {
  private(set) var specs: [String: TensorSpec] = [:]
  /// Tensors whose size depends on data, with the reason.
  private(set) var pinned: [String: String] = [:]

  var shapes: [String: [Int]] { specs.mapValues(\.shape) }

  /// Items that are run; chance agreement of sizes gets less likely with each.
  private static let items = 3

  /// - Parameter interpreter: has its tensors allocated.
  init(_ interpreter: Interpreter, _ graph: Graph, _ inputs: InputPlan) throws {
    let indices = try TFLiteTensorIndex(interpreter, graph)
    let before = indices.read(interpreter)
    let buffers = try graph.inputs.map { index in
      let tensor = graph.tensors[index]
      guard let seen = before[tensor.name], let element = seen.elementType else {
        throw IsocutError(.badData, "the element type of the input \(tensor.name) is not known")
      }
      guard element != .string else {
        throw IsocutError(
          .badData, "the input \(tensor.name) holds strings, which isocut cannot give")
      }
      return TensorBuffer(
        TensorSpec(name: tensor.name, elementType: element, shape: seen.shape))
    }
    for item in 0..<Self.items {
      for buffer in buffers {
        try inputs.fill(buffer, item: item)
        guard let index = indices[buffer.spec.name] else { continue }
        let bytes = interpreter.bytes(of: index)
        guard bytes.count == buffer.spec.byteCount else { continue }
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer.bytes[..<bytes.count]))
      }
      try interpreter.invoke()
      for (name, tensor) in indices.read(interpreter) {
        guard let element = tensor.elementType else { continue }
        let spec = TensorSpec(name: name, elementType: element, shape: tensor.shape)
        let isFixed = before[name]?.hasMemory == true && before[name]?.shape == tensor.shape
        if !isFixed || (specs[name].map { $0 != spec } ?? false) {
          pinned[name] = "its size is known only when the model has run"
        }
        specs[name] = spec
      }
    }
    // The caller gives inputs, so their sizes never depend on data.
    for index in graph.inputs { pinned[graph.tensors[index].name] = nil }
  }
}

/// The engine's position of each tensor of a graph.
struct TFLiteTensorIndex {
  private let positions: [(name: String, index: Int32)]
  private let byName: [String: Int32]

  /// Graph names that the file does not have (it repeats names) end with the position.
  init(_ interpreter: Interpreter, _ graph: Graph) throws {
    var first: [String: Int32] = [:]
    var index: Int32 = 0
    while let tensor = interpreter.tensor(index) {
      if !tensor.name.isEmpty, first[tensor.name] == nil { first[tensor.name] = index }
      index += 1
    }
    positions = graph.tensors.compactMap { tensor in
      if let index = first[tensor.name] { return (tensor.name, index) }
      let digits = tensor.name.drop { $0 != "#" }.split(separator: "#").last ?? ""
      return Int32(digits).map { (tensor.name, $0) }
    }
    byName = Dictionary(positions.map { ($0.name, $0.index) }, uniquingKeysWith: { $1 })
  }

  subscript(name: String) -> Int32? { byName[name] }

  func read(_ interpreter: Interpreter) -> [String: EngineTensor] {
    var tensors: [String: EngineTensor] = [:]
    for (name, index) in positions { tensors[name] = interpreter.tensor(index) }
    return tensors
  }
}
