internal import IsocutGraph
internal import SwiftProtobuf

/// Everything a stage's file holds, before it is put together.
struct StageContent {
  /// Positions of nodes, in the order in which they are written.
  var nodes: [Int]
  var initializers: [Int]
  var sparseInitializers: [Int]
  var functions: [Int]
  var inputs: [StageValue]
  var outputs: [StageValue]
}

/// A tensor at the edge of a stage.
enum StageValue {
  /// As the model itself declares it: an entry of the file.
  case declared(name: String, entry: ValueRecord)
  /// Between stages; the type as far as it is known.
  case made(name: String, type: TensorType)

  var name: String {
    switch self {
    case .declared(let name, _), .made(let name, _): name
    }
  }

  /// The value as a field of a graph.
  func field(_ number: Int, _ file: ONNXFile) throws -> Splice {
    var field = Splice()
    switch self {
    case .declared(_, let entry):
      var payload = Splice()
      payload.append(entry.payload, of: file.mapped.identity)
      field.append(field: number, payload)
    case .made(let name, let type):
      var value = Onnx_ValueInfoProto()
      value.name = name
      if type.element != nil { value.type = Onnx_TypeProto(type) }
      field.append(try value.field(number))
    }
    return field
  }
}

extension ONNXModel {
  /// Selects what the file of a stage holds.
  ///
  /// - Throws: `IsocutError` `.badData` where an input has no known element type.
  func content(ofStage stage: OperatorSet) throws -> StageContent {
    let record = file.model.graph
    let operators = stage.map { positions[$0] }
    let constants = ConstantReach(ofNodesAt: operators, record, scope, order)
    // The order is that of the file wherever the file is sorted.
    let nodes = (operators + constants.nodes).sorted { order.rank[$0] ?? 0 < order.rank[$1] ?? 0 }
    let boundary = graph.boundary(of: stage)
    let declaredInputs = Dictionary(
      record.inputs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let declaredOutputs = Dictionary(
      record.outputs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let inputs = try boundary.inputs.map { index -> StageValue in
      let tensor = graph.tensors[index]
      if let entry = declaredInputs[tensor.name], entry.value.type.element != nil {
        return .declared(name: tensor.name, entry: entry)
      }
      guard tensor.type.element != nil, tensor.type.container == .tensor else {
        throw IsocutError(
          .badData,
          "\(path): the element type of tensor \(tensor.name) is not known, so it cannot enter a stage"
        )
      }
      return .made(name: tensor.name, type: boundaryType(tensor))
    }
    let outputs = boundary.outputs.map { index -> StageValue in
      let tensor = graph.tensors[index]
      if let entry = declaredOutputs[tensor.name],
        entry.value.type.container != .tensor
          || (entry.value.type.element != nil && entry.value.type.shape != nil)
      {
        return .declared(name: tensor.name, entry: entry)
      }
      return .made(name: tensor.name, type: boundaryType(tensor))
    }
    return StageContent(
      nodes: nodes, initializers: constants.initializers,
      sparseInitializers: constants.sparseInitializers,
      functions: functions.needed(by: nodes.lazy.flatMap { record.nodes[$0].calls }),
      inputs: inputs, outputs: outputs)
  }

  /// The type written for a tensor between stages. Where the model's inputs have free sizes, the
  /// sizes of one run are not written down as if they held for all.
  private func boundaryType(_ tensor: Tensor) -> TensorType {
    guard !hasFixedInputs else { return tensor.type }
    let declared = types.declared(tensor.name)
    if let shape = declared.shape, declared.container == .tensor {
      return TensorType(element: tensor.type.element, shape: shape)
    }
    return TensorType(
      element: tensor.type.element, shape: tensor.type.shape?.map { _ in .unknown })
  }

  /// The stage as a file.
  func assemble(_ content: StageContent, _ mover: inout WeightMover) throws -> Splice {
    let model = file.model
    let source = file.mapped.identity
    var copy = Splice()
    // Initializers are no inputs here, which the format allows from version 4 on.
    if model.irVersion < 4 { copy.append(ModelRecord.version(4)) }
    for (number, range) in model.rest {
      if number == ModelRecord.Field.irVersion, model.irVersion < 4 { continue }
      copy.append(range, of: source)
    }
    if !model.rest.contains(where: { $0.number == ModelRecord.Field.opset }) {
      copy.append(try ModelRecord.firstOpset())
    }
    copy.append(
      field: ModelRecord.Field.graph, try graph(content, &mover))
    for index in content.functions {
      copy.append(try mover.copy(model.functions[index].range, .function))
    }
    return copy
  }

  private func graph(_ content: StageContent, _ mover: inout WeightMover) throws -> Splice {
    let record = file.model.graph
    let source = file.mapped.identity
    var copy = Splice()
    var names: Set<String> = []
    for index in content.nodes {
      let node = record.nodes[index]
      // ONNX Runtime refuses two nodes of one name: a repeated name is left out, the only bytes of
      // a node that are ever changed.
      let isRepeated = !node.name.isEmpty && !names.insert(node.name).inserted
      copy.append(
        try mover.copy(node.range, .node, dropping: isRepeated ? NodeRecord.nameField : nil))
    }
    for range in record.rest { copy.append(range, of: source) }
    if record.name.isEmpty { copy.append(GraphRecord.defaultName) }
    for index in content.initializers {
      copy.append(try mover.copy(record.initializers[index].range, .tensor))
    }
    for index in content.sparseInitializers {
      copy.append(try mover.copy(record.sparseInitializers[index].range, .sparseTensor))
    }
    for value in content.inputs {
      copy.append(try value.field(GraphRecord.Field.input, file))
    }
    for value in content.outputs {
      copy.append(try value.field(GraphRecord.Field.output, file))
    }
    let inside = Inside(content, record)
    for value in record.valueInfo where inside.made.contains(value.name) {
      copy.append(value.range, of: source)
    }
    for annotation in record.annotations where inside.all.contains(annotation.tensor) {
      copy.append(annotation.range, of: source)
    }
    return copy
  }

  /// Names of the tensors inside a stage.
  private struct Inside {
    /// Made by nodes, and not at the edge.
    var made: Set<String> = []
    var all: Set<String>

    init(_ content: StageContent, _ record: GraphRecord) {
      for index in content.nodes { made.formUnion(record.nodes[index].outputs) }
      all = made.union(content.inputs.map(\.name))
      all.formUnion(content.initializers.map { record.initializers[$0].tensor.name })
      made.subtract(content.outputs.map(\.name))
    }
  }
}

extension GraphRecord {
  /// The name of a graph that has none; the format demands one.
  static var defaultName: [UInt8] {
    var writer = WireWriter()
    writer.field(Field.name, Array("graph".utf8))
    return writer.bytes
  }
}

extension ModelRecord {
  /// The operator set meant by a model that imports none.
  static func firstOpset() throws -> [UInt8] {
    var opset = Onnx_OperatorSetIdProto()
    opset.version = 1
    let bytes: [UInt8] = try opset.serializedBytes()
    var writer = WireWriter()
    writer.field(Field.opset, bytes)
    return writer.bytes
  }
}
