import IsocutGraph

/// A stage loaded by TensorFlow Lite. It has one interpreter, whose tensors use the memory of
/// whichever binding runs, so its bindings take turns.
final class TFLiteExecutor: Executor {
  let inputs: [TensorSpec]
  let outputs: [TensorSpec]
  let isConcurrent = false
  let interpreter: Interpreter
  let path: String
  /// The interpreter's tensors, in the order of `inputs` and `outputs`.
  let ports: [Port]
  /// What the tensors use until the first run; fixes the engine's plan of its own memory.
  private let scratch: [TensorBuffer]

  struct Port {
    var tensor: Int32
    var isInput: Bool
    /// False where the engine keeps the memory itself: an output whose size is known only after a
    /// run, or one that is a constant. It is copied then.
    var usesBuffer: Bool
  }

  /// - Throws: `IsocutError` `.badData` where the boundary is not the file's.
  init(
    _ interpreter: Interpreter, path: String, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws {
    self.interpreter = interpreter
    self.path = path
    self.inputs = inputs
    self.outputs = outputs
    let boundary = Boundary(interpreter, path)
    try boundary.requireAll(inputs)
    var ports: [Port] = []
    var scratch: [TensorBuffer] = []
    for (spec, isInput) in inputs.map({ ($0, true) }) + outputs.map({ ($0, false) }) {
      var port = try boundary.port(spec, isInput: isInput)
      let buffer = TensorBuffer(spec)
      if port.usesBuffer, isInput {
        try interpreter.use(buffer.bytes, for: port.tensor)
      } else if port.usesBuffer {
        // Refused where the output is a constant.
        port.usesBuffer = (try? interpreter.use(buffer.bytes, for: port.tensor)) != nil
      }
      scratch.append(buffer)
      ports.append(port)
    }
    self.ports = ports
    self.scratch = scratch
    // Only now does the engine know which memory is not its own.
    try interpreter.allocate()
  }

  func bind(inputs: [TensorBuffer], outputs: [TensorBuffer]) throws -> any Binding {
    guard inputs.map(\.spec) == self.inputs, outputs.map(\.spec) == self.outputs else {
      throw IsocutError(.internalError, "buffers given to \(path) are not those of its boundary")
    }
    return TFLiteBinding(self, buffers: inputs + outputs)
  }
}

/// The buffers of one item. One thread at a time runs it.
private final class TFLiteBinding: Binding {
  private let executor: TFLiteExecutor
  private let buffers: [TensorBuffer]

  init(_ executor: TFLiteExecutor, buffers: [TensorBuffer]) {
    self.executor = executor
    self.buffers = buffers
  }

  func run() throws {
    let interpreter = executor.interpreter
    do {
      for (port, buffer) in zip(executor.ports, buffers) where port.usesBuffer {
        try interpreter.use(buffer.bytes, for: port.tensor)
      }
      try interpreter.invoke()
    } catch {
      throw IsocutError(.badData, "\(executor.path) failed in a run", cause: error)
    }
    for (port, buffer) in zip(executor.ports, buffers) where !port.usesBuffer {
      let bytes = interpreter.bytes(of: port.tensor)
      guard bytes.count == buffer.spec.byteCount else {
        throw IsocutError(
          .badData,
          "the output \(buffer.spec.name) of \(executor.path) has \(bytes.count) bytes in this run, "
            + "not the \(buffer.spec.byteCount) of the plan")
      }
      if !bytes.isEmpty { buffer.bytes.copyMemory(from: UnsafeRawBufferPointer(bytes)) }
    }
  }
}

/// The inputs and outputs of a loaded file by name.
private struct Boundary {
  let interpreter: Interpreter
  let path: String
  let inputs: [(index: Int32, tensor: EngineTensor)]
  let outputs: [(index: Int32, tensor: EngineTensor)]

  init(_ interpreter: Interpreter, _ path: String) {
    self.interpreter = interpreter
    self.path = path
    inputs = interpreter.inputs.compactMap { index in
      interpreter.tensor(index).map { (index, $0) }
    }
    outputs = interpreter.outputs.compactMap { index in
      interpreter.tensor(index).map { (index, $0) }
    }
  }

  func requireAll(_ specs: [TensorSpec]) throws {
    let given = Set(specs.map(\.name))
    if let missing = inputs.first(where: { !given.contains($0.tensor.name) }) {
      throw IsocutError(
        .badData,
        "\(path) reads the input \(missing.tensor.name), which is not among the stage's inputs")
    }
  }

  func port(_ spec: TensorSpec, isInput: Bool) throws -> TFLiteExecutor.Port {
    let role = isInput ? "input" : "output"
    guard let found = (isInput ? inputs : outputs).first(where: { $0.tensor.name == spec.name })
    else { throw IsocutError(.badData, "\(path) has no \(role) named \(spec.name)") }
    let tensor = found.tensor
    guard spec.elementType != .string else {
      throw IsocutError(
        .badData,
        "the \(role) \(spec.name) of \(path) holds strings, which isocut cannot pass between stages"
      )
    }
    let isKnown = isInput || tensor.hasMemory
    guard tensor.elementType == spec.elementType, !isKnown || tensor.shape == spec.shape else {
      throw IsocutError(
        .badData,
        "the \(role) \(spec.name) of \(path) is \(tensor.type), not \(spec.elementType.rawValue)"
          + "\(spec.shape)")
    }
    return TFLiteExecutor.Port(tensor: found.index, isInput: isInput, usesBuffer: isKnown)
  }
}
