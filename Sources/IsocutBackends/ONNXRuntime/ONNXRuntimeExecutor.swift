internal import CIsocutONNXRuntime
internal import IsocutFormats
internal import IsocutGraph

/// A stage loaded by ONNX Runtime. With one thread it runs wholly in the thread that calls.
final class ONNXRuntimeExecutor: Executor {
  let inputs: [TensorSpec]
  let outputs: [TensorSpec]
  let isConcurrent = true
  private let session: Session
  private let path: String

  /// - Throws: `IsocutError` `.badData` where the boundary is not the file's.
  init(
    _ session: Session, path: String, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws {
    self.session = session
    self.path = path
    self.inputs = inputs
    self.outputs = outputs
    try Self.check(inputs, against: session.inputs, path, "input")
    try Self.check(outputs, against: session.outputs, path, "output")
    let given = Set(inputs.map(\.name))
    if let missing = session.inputs.first(where: { !given.contains($0.name) }) {
      throw IsocutError(
        .badData, "\(path) reads the input \(missing.name), which is not among the stage's inputs")
    }
  }

  func bind(inputs: [TensorBuffer], outputs: [TensorBuffer]) throws -> any Binding {
    guard inputs.map(\.spec) == self.inputs, outputs.map(\.spec) == self.outputs else {
      throw IsocutError(.internalError, "buffers given to \(path) are not those of its boundary")
    }
    do {
      return try ONNXRuntimeBinding(session, path: path, inputs: inputs, outputs: outputs)
    } catch {
      throw IsocutError(.internalError, "cannot bind the buffers of \(path)", cause: error)
    }
  }

  private static func check(
    _ specs: [TensorSpec], against ports: [Session.Port], _ path: String, _ role: String
  ) throws {
    for spec in specs {
      guard let port = ports.first(where: { $0.name == spec.name }) else {
        throw IsocutError(.badData, "\(path) has no \(role) named \(spec.name)")
      }
      guard spec.elementType != .string else {
        throw IsocutError(
          .badData,
          "the \(role) \(spec.name) of \(path) holds strings, which isocut cannot pass between stages"
        )
      }
      guard port.type.agrees(with: spec) else {
        throw IsocutError(
          .badData,
          "the \(role) \(spec.name) of \(path) is \(port.type), not \(spec.type)")
      }
    }
  }
}

/// The engine's binding of a stage to the buffers of one item. One thread at a time runs it.
private final class ONNXRuntimeBinding: Binding {
  private let library: ONNXRuntimeLibrary
  private let session: EngineObject
  private let binding: EngineObject
  private let path: String

  init(
    _ session: Session, path: String, inputs: [TensorBuffer], outputs: [TensorBuffer]
  ) throws(EngineFailure) {
    let api = session.library.api
    var pointer: OpaquePointer?
    try api.check(api.pointee.CreateIoBinding(session.object.pointer, &pointer))
    library = session.library
    self.session = session.object
    binding = EngineObject(
      try made(pointer), release: api.pointee.ReleaseIoBinding,
      keeping: [session.object] + inputs + outputs)
    self.path = path
    for buffer in inputs { try attach(buffer, api.pointee.BindInput) }
    for buffer in outputs { try attach(buffer, api.pointee.BindOutput) }
  }

  /// The engine's binding takes a reference of its own to the value.
  private func attach(
    _ buffer: TensorBuffer,
    _ bind: @convention(c) (OpaquePointer, UnsafePointer<CChar>, OpaquePointer) -> OpaquePointer?
  ) throws(EngineFailure) {
    let value = try library.value(over: buffer)
    let status = withExtendedLifetime(value) {
      bind(binding.pointer, buffer.spec.name, value.pointer)
    }
    try library.api.check(status)
  }

  func run() throws {
    let status = library.api.pointee.RunWithBinding(session.pointer, nil, binding.pointer)
    guard status != nil else { return }
    do {
      try library.api.check(status)
    } catch {
      throw IsocutError(.badData, "\(path) failed in a run", cause: error)
    }
  }
}

extension ONNXRuntimeLibrary {
  /// A value that reads and writes the buffer's own memory; it keeps the buffer.
  func value(over buffer: TensorBuffer) throws(EngineFailure) -> EngineObject {
    let base = try made(buffer.bytes.baseAddress)
    // The engine numbers element types as ONNX files do.
    let element = buffer.spec.elementType.onnxNumber
    var pointer: OpaquePointer?
    let shape = buffer.spec.shape.map(Int64.init)
    try api.check(
      api.pointee.CreateTensorWithDataAsOrtValue(
        memory, base, buffer.spec.byteCount, shape, shape.count, element, &pointer))
    return EngineObject(try made(pointer), release: api.pointee.ReleaseValue, keeping: [buffer])
  }
}

extension TensorSpec {
  fileprivate var type: TensorType { TensorType(element: elementType, fixedShape: shape) }
}

extension TensorType {
  /// True where the type could be that of the tensor: what it fixes is the same. The engine tells an
  /// unknown rank and a scalar in the same way.
  fileprivate func agrees(with spec: TensorSpec) -> Bool {
    guard container == .tensor, element == spec.elementType, let shape else { return false }
    guard !shape.isEmpty else { return true }
    return shape.count == spec.shape.count
      && zip(shape, spec.shape).allSatisfy { $0.fixedSize == nil || $0.fixedSize == $1 }
  }
}
