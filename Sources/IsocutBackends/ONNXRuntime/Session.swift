internal import CIsocutONNXRuntime
internal import IsocutFormats
internal import IsocutGraph

/// A model loaded by the engine. Several threads may run it at the same time.
final class Session: Sendable {
  /// An input or an output as the engine knows it after loading.
  struct Port: Sendable {
    var name: String
    var type: TensorType
  }

  let library: ONNXRuntimeLibrary
  let object: EngineObject
  let inputs: [Port]
  let outputs: [Port]

  /// Loads a file.
  init(
    _ library: ONNXRuntimeLibrary, path: String, _ options: SessionOptions
  ) throws(EngineFailure) {
    let api = library.api
    let mark = EngineLog.shared.mark
    var pointer: OpaquePointer?
    do {
      let options = try options.make(library)
      let status = withExtendedLifetime(options) {
        api.pointee.CreateSession(library.environment, path, options.pointer, &pointer)
      }
      try api.check(status)
    } catch {
      throw EngineFailure(
        code: error.code, message: error.message, log: EngineLog.shared.lines(since: mark))
    }
    let object = EngineObject(try made(pointer), release: api.pointee.ReleaseSession)
    self.library = library
    self.object = object
    inputs = try Self.ports(
      library, object, count: api.pointee.SessionGetInputCount,
      name: api.pointee.SessionGetInputName, type: api.pointee.SessionGetInputTypeInfo)
    outputs = try Self.ports(
      library, object, count: api.pointee.SessionGetOutputCount,
      name: api.pointee.SessionGetOutputName, type: api.pointee.SessionGetOutputTypeInfo)
  }

  private typealias Pointer = UnsafeMutablePointer<OpaquePointer?>
  private typealias Name = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  private static func ports(
    _ library: ONNXRuntimeLibrary, _ session: EngineObject,
    count: @convention(c) (OpaquePointer, UnsafeMutablePointer<Int>) -> OpaquePointer?,
    name: @convention(c) (OpaquePointer, Int, OpaquePointer, Name) -> OpaquePointer?,
    type: @convention(c) (OpaquePointer, Int, Pointer) -> OpaquePointer?
  ) throws(EngineFailure) -> [Port] {
    let api = library.api
    var total = 0
    try api.check(count(session.pointer, &total))
    var ports: [Port] = []
    for index in 0..<total {
      var text: UnsafeMutablePointer<CChar>?
      try api.check(name(session.pointer, index, library.allocator, &text))
      let owned = try made(text)
      let name = String(cString: owned)
      try api.check(api.pointee.AllocatorFree(library.allocator, owned))
      var info: OpaquePointer?
      try api.check(type(session.pointer, index, &info))
      let described = try made(info)
      defer { api.pointee.ReleaseTypeInfo(described) }
      ports.append(Port(name: name, type: try library.type(of: described)))
    }
    return ports
  }
}

extension ONNXRuntimeLibrary {
  /// Reads the engine's description of a value; dimensions it does not know are `unknown`.
  fileprivate func type(of info: OpaquePointer) throws(EngineFailure) -> TensorType {
    var kind: Int32 = 0
    try api.check(api.pointee.GetOnnxTypeFromTypeInfo(info, &kind))
    var tensor: OpaquePointer?
    try api.check(api.pointee.CastTypeInfoToTensorInfo(info, &tensor))
    guard let tensor else {
      return TensorType(element: nil, shape: nil, container: .init(engineNumber: kind))
    }
    return try tensorType(tensor)
  }

  /// Reads element type and shape; -1 stands for a size that is not known, and an unknown rank looks
  /// like a scalar.
  func tensorType(_ info: OpaquePointer) throws(EngineFailure) -> TensorType {
    var element: Int32 = 0
    try api.check(api.pointee.GetTensorElementType(info, &element))
    var rank = 0
    try api.check(api.pointee.GetDimensionsCount(info, &rank))
    var sizes = [Int64](repeating: 0, count: rank)
    try api.check(api.pointee.GetDimensions(info, &sizes, rank))
    return TensorType(
      element: ElementType(onnxNumber: Int(element)),
      shape: sizes.map { $0 < 0 ? .unknown : .fixed(Int($0)) })
  }
}

extension TensorType.Container {
  /// ONNXType.
  init(engineNumber: Int32) {
    switch engineNumber {
    case 1: self = .tensor
    case 2: self = .sequence
    case 3: self = .map
    case 5: self = .sparseTensor
    case 6: self = .optional
    default: self = .opaque
    }
  }
}
