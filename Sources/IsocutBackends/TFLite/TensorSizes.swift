import IsocutFormats
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
  init(_ interpreter: Interpreter, _ model: TFLiteModel, _ inputs: InputPlan) throws {
    let graph = model.graph
    let before = Self.read(interpreter, model)
    let given = try graph.inputs.map { index in
      let tensor = graph.tensors[index]
      guard let seen = before[tensor.name], let element = seen.elementType else {
        throw IsocutError(.badData, "the element type of the input \(tensor.name) is not known")
      }
      guard element != .string else {
        throw IsocutError(
          .badData, "the input \(tensor.name) holds strings, which isocut cannot give")
      }
      let spec = TensorSpec(name: tensor.name, elementType: element, shape: seen.shape)
      return (position: model.fileTensors[index], buffer: TensorBuffer(spec))
    }
    for item in 0..<Self.items {
      for (position, buffer) in given {
        try inputs.fill(buffer, item: item)
        let bytes = interpreter.bytes(of: position)
        guard bytes.count == buffer.spec.byteCount else { continue }
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer.bytes[..<bytes.count]))
      }
      try interpreter.invoke()
      for (name, tensor) in Self.read(interpreter, model) {
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
