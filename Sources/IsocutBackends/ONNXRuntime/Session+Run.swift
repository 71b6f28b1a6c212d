internal import CIsocutONNXRuntime
internal import Foundation
internal import IsocutGraph

extension Session {
  /// Runs once with outputs that the engine allocates, and returns what they are.
  ///
  /// - Parameter keepsContent: whose bytes to return as well.
  func probeOutputs(
    _ names: [String], inputs: [TensorBuffer], keepsContent: (TensorType) -> Bool
  ) throws(EngineFailure) -> [String: (type: TensorType, content: [UInt8]?)] {
    let values = try inputs.map { buffer throws(EngineFailure) in try library.value(over: buffer) }
    let inputNames = CStrings(inputs.map(\.spec.name))
    let outputNames = CStrings(names)
    var outputs = [OpaquePointer?](repeating: nil, count: names.count)
    let api = library.api
    let status = withExtendedLifetime((values, inputNames, outputNames)) {
      api.pointee.Run(
        object.pointer, nil, inputNames.pointers, values.map(\.pointer), values.count,
        outputNames.pointers, names.count, &outputs)
    }
    defer { for case let output? in outputs { api.pointee.ReleaseValue(output) } }
    try api.check(status)
    var found: [String: (type: TensorType, content: [UInt8]?)] = [:]
    for (name, output) in zip(names, outputs) {
      guard let output else {
        found[name] = (.unknown, nil)
        continue
      }
      let type = try library.type(of: output)
      var content: [UInt8]?
      if let byteCount = type.byteCount, keepsContent(type) {
        content = try library.content(of: output, byteCount: byteCount)
      }
      found[name] = (type, content)
    }
    return found
  }

  /// Ends profiling and returns the path of the trace.
  func endProfiling() throws(EngineFailure) -> String {
    var name: UnsafeMutablePointer<CChar>?
    let api = library.api
    try api.check(api.pointee.SessionEndProfiling(object.pointer, library.allocator, &name))
    let owned = try made(name)
    let path = String(cString: owned)
    try api.check(api.pointee.AllocatorFree(library.allocator, owned))
    return path
  }
}

extension ONNXRuntimeLibrary {
  /// Element type and shape of a tensor value.
  fileprivate func type(of value: OpaquePointer) throws(EngineFailure) -> TensorType {
    var info: OpaquePointer?
    try api.check(api.pointee.GetTensorTypeAndShape(value, &info))
    let described = try made(info)
    defer { api.pointee.ReleaseTensorTypeAndShapeInfo(described) }
    return try tensorType(described)
  }
}

extension ONNXRuntimeLibrary {
  /// A copy of a tensor's bytes.
  fileprivate func content(
    of value: OpaquePointer, byteCount: Int
  ) throws(EngineFailure) -> [UInt8] {
    var data: UnsafeMutableRawPointer?
    try api.check(api.pointee.GetTensorMutableData(value, &data))
    guard let data, byteCount > 0 else { return [] }
    return Array(UnsafeRawBufferPointer(start: data, count: byteCount))
  }
}

/// Texts as C strings that live as long as this object.
private final class CStrings {
  let pointers: [UnsafePointer<CChar>]

  init(_ texts: [String]) {
    pointers = texts.map { text in
      let bytes = text.utf8CString
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      for (index, byte) in bytes.enumerated() { copy[index] = byte }
      return UnsafePointer(copy)
    }
  }

  deinit { for pointer in pointers { pointer.deallocate() } }
}
