internal import IsocutGraph

/// What is known about the types of a model's tensors: what an engine found beats what the file says.
struct TypeTable: Sendable {
  private let found: [String: TensorType]
  private var declared: [String: TensorType] = [:]
  /// True where an engine run gave types; then what it did not see is not known for a reason.
  let isFromRun: Bool

  init(_ graph: GraphRecord, found: [String: TensorType]) {
    self.found = found
    isFromRun = !found.isEmpty
    for value in graph.valueInfo { declared[value.name] = value.value.type }
    for value in graph.outputs where value.value.type != .unknown {
      declared[value.name] = value.value.type
    }
    for value in graph.inputs { declared[value.name] = value.value.type }
    for initializer in graph.initializers {
      declared[initializer.tensor.name] = initializer.tensor.type
    }
  }

  subscript(_ name: String) -> TensorType {
    if let type = found[name], type.element != nil { return type }
    return declared[name] ?? .unknown
  }

  /// What the file itself says.
  func declared(_ name: String) -> TensorType { declared[name] ?? .unknown }
}
