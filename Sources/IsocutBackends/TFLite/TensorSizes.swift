import IsocutFormats
import IsocutGraph

/// What a few runs show of a graph's tensors.
struct TensorSizes {
  private(set) var specs: [String: TensorSpec] = [:]
  /// Tensors whose size depends on data, with the reason.
  private(set) var pinned: [String: String] = [:]
  /// Tensors whose size follows from the input shapes, but is known to the engine only when it has
  /// computed them.
  private(set) var late: Set<String> = []

  /// Items that are run; chance agreement of sizes gets less likely with each.
  private static let items = 3

  /// - Parameter interpreter: has its tensors allocated.
  init(_ interpreter: Interpreter, _ model: TFLiteModel, _ inputs: InputPlan) throws {
    let before = Self.read(interpreter, model)
    let given = try GivenInputs(interpreter, model)
    var known = Set(before.filter(\.value.hasMemory).keys)
    for item in 0..<Self.items {
      try given.fill(interpreter, inputs, item: item)
      try interpreter.invoke()
      for (name, tensor) in Self.read(interpreter, model) {
        guard let element = tensor.elementType else { continue }
        let spec = TensorSpec(name: name, elementType: element, shape: tensor.shape)
        if before[name]?.shape != tensor.shape { known.remove(name) }
        if let first = specs[name], first != spec {
          pinned[name] = "its shape depends on the data: it was \(first.shape) and \(spec.shape)"
        } else {
          specs[name] = spec
        }
      }
    }
    pinned.merge(ShapeDependence(model, known: known).reasons) { seen, _ in seen }
    let graph = model.graph
    // The caller gives inputs, so their sizes never depend on data.
    for index in graph.inputs { pinned[graph.tensors[index].name] = nil }
    late = Set(graph.tensors.map(\.name)).subtracting(known).subtracting(pinned.keys)
  }

  private static func read(
    _ interpreter: Interpreter, _ model: TFLiteModel
  ) -> [String: EngineTensor] {
    var tensors: [String: EngineTensor] = [:]
    for (tensor, position) in zip(model.graph.tensors, model.fileTensors) {
      tensors[tensor.name] = interpreter.tensor(position)
    }
    return tensors
  }
}

/// The model's inputs as an interpreter takes them.
struct GivenInputs {
  private let buffers: [(position: Int32, buffer: TensorBuffer)]

  /// - Throws: `IsocutError` `.badData` for an input that isocut cannot give.
  init(_ interpreter: Interpreter, _ model: TFLiteModel) throws {
    buffers = try model.graph.inputs.map { index in
      let name = model.graph.tensors[index].name
      guard let seen = interpreter.tensor(model.fileTensors[index]),
        let element = seen.elementType
      else {
        throw IsocutError(.badData, "the element type of the input \(name) is not known")
      }
      guard element != .string else {
        throw IsocutError(.badData, "the input \(name) holds strings, which isocut cannot give")
      }
      let spec = TensorSpec(name: name, elementType: element, shape: seen.shape)
      return (position: model.fileTensors[index], buffer: TensorBuffer(spec))
    }
  }

  func fill(_ interpreter: Interpreter, _ inputs: InputPlan, item: Int) throws {
    for (position, buffer) in buffers {
      try inputs.fill(buffer, item: item)
      let bytes = interpreter.bytes(of: position)
      guard bytes.count == buffer.spec.byteCount else { continue }
      bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer.bytes[..<bytes.count]))
    }
  }
}
