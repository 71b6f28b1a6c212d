internal import CIsocutONNXRuntime
internal import Foundation
internal import Synchronization

/// ONNX Runtime's shared library, loaded, with the one environment that all its sessions share.
///
/// It stays loaded until the process ends: threads of the engine may still be inside.
package final class ONNXRuntimeLibrary: Sendable {
  /// The oldest minor version of 1.x that isocut calls. Every entry it uses is older (API 15); this
  /// is the oldest release whose session options it was checked with.
  static let minimumMinorVersion: UInt32 = 23

  package let path: String
  /// Such as `1.31.1`.
  package let version: String
  /// The engine's table of functions: immutable, and never unloaded.
  nonisolated(unsafe) let api: UnsafePointer<cisocut_ort_api>
  /// Never released, like the library.
  nonisolated(unsafe) let environment: OpaquePointer
  /// Describes plain memory of this process; shared by all values.
  nonisolated(unsafe) let memory: OpaquePointer
  /// The engine's default allocator, which owns the names it returns.
  nonisolated(unsafe) let allocator: OpaquePointer

  private init(
    path: String, version: String, api: UnsafePointer<cisocut_ort_api>
  ) throws(EngineFailure) {
    var environment: OpaquePointer?
    var memory: OpaquePointer?
    var allocator: OpaquePointer?
    let warning: Int32 = 2
    try api.check(
      api.pointee.CreateEnvWithCustomLogger(
        { _, _, _, _, _, message in
          if let message { EngineLog.shared.append(String(cString: message)) }
        }, nil, warning, "isocut", &environment))
    let arenaAllocator: Int32 = 1
    let defaultMemory: Int32 = 0
    try api.check(api.pointee.CreateCpuMemoryInfo(arenaAllocator, defaultMemory, &memory))
    try api.check(api.pointee.GetAllocatorWithDefaultOptions(&allocator))
    self.path = path
    self.version = version
    self.api = api
    self.environment = try made(environment)
    self.memory = try made(memory)
    self.allocator = try made(allocator)
  }

  /// Loads the library, or says why that is impossible. Repeated calls give the same object.
  package static func find(_ explicitPath: String? = nil) -> LibraryState<ONNXRuntimeLibrary> {
    let search = LibrarySearch(
      explicitPath: explicitPath, environmentVariable: "ISOCUT_ONNXRUNTIME",
      fileName: "libonnxruntime.so", otherNames: ["libonnxruntime.so.1"])
    return search.find(load)
  }

  private static let loaded = Mutex<[String: ONNXRuntimeLibrary]>([:])

  private static func load(_ path: String) -> LibraryState<ONNXRuntimeLibrary> {
    loaded.withLock { known in
      if let library = known[path] { return .loaded(library) }
      var failure: UnsafePointer<CChar>?
      let opened = cisocut_ort_open(path, &failure)
      guard let opened else {
        return .broken(path: path, reason: failure.map { String(cString: $0) } ?? "unknown")
      }
      guard let base = cisocut_ort_get_api_base(opened) else {
        return .broken(path: path, reason: "it has no symbol OrtGetApiBase")
      }
      let version = String(cString: base.pointee.GetVersionString())
      let numbers = version.split(separator: ".").map { UInt32($0) }
      let needed = "1.\(minimumMinorVersion) or later"
      guard numbers.count >= 2, numbers[0] == 1, let minor = numbers[1],
        minor >= minimumMinorVersion, let api = base.pointee.GetApi(minimumMinorVersion)
      else { return .incompatible(path: path, found: version, needed: needed) }
      do {
        let library = try ONNXRuntimeLibrary(path: path, version: version, api: api)
        known[path] = library
        return .loaded(library)
      } catch {
        return .broken(path: path, reason: "\(error)")
      }
    }
  }
}

extension UnsafePointer<cisocut_ort_api> {
  /// Turns a status into a thrown failure and releases it.
  func check(_ status: OpaquePointer?) throws(EngineFailure) {
    guard let status else { return }
    defer { pointee.ReleaseStatus(status) }
    throw EngineFailure(
      code: .init(rawValue: pointee.GetErrorCode(status)),
      message: String(cString: pointee.GetErrorMessage(status)))
  }
}

/// The object of a call that reported success.
func made<Pointer>(_ pointer: Pointer?) throws(EngineFailure) -> Pointer {
  guard let pointer else { throw EngineFailure(message: "the engine returned no object") }
  return pointer
}
