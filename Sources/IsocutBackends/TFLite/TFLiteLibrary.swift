import CIsocutTFLite
import Foundation
import Synchronization

/// TensorFlow Lite's shared library, loaded. It stays loaded until the process ends.
package final class TFLiteLibrary: Sendable {
  /// The interface for per-operator times has no promise across versions; this one is known.
  static let minorVersion = 17

  package let path: String
  /// Such as `2.17.1`.
  package let version: String
  /// The engine's functions: immutable, and never unloaded.
  nonisolated(unsafe) let api: UnsafePointer<cisocut_tflite_api>

  private init(path: String, version: String, api: UnsafePointer<cisocut_tflite_api>) {
    self.path = path
    self.version = version
    self.api = api
  }

  /// Loads the library, or says why that is impossible. Repeated calls give the same object.
  package static func find(_ explicitPath: String? = nil) -> LibraryState<TFLiteLibrary> {
    LibrarySearch(
      explicitPath: explicitPath, environmentVariable: "ISOCUT_TFLITE",
      fileName: "libtensorflowlite_c.so"
    ).find(load)
  }

  private static let loaded = Mutex<[String: TFLiteLibrary]>([:])

  private static func load(_ path: String) -> LibraryState<TFLiteLibrary> {
    loaded.withLock { known in
      if let library = known[path] { return .loaded(library) }
      let api = UnsafeMutablePointer<cisocut_tflite_api>.allocate(capacity: 1)
      // A path without a slash would be searched for by the system.
      let isName = path == "libtensorflowlite_c.so"
      let place = isName || path.contains("/") ? path : "./" + path
      if let reason = cisocut_tflite_open(place, api) {
        api.deallocate()
        return .broken(path: path, reason: String(cString: reason))
      }
      let version = String(cString: api.pointee.Version())
      guard version.split(separator: ".").prefix(2) == ["2", "\(minorVersion)"] else {
        api.deallocate()
        return .incompatible(path: path, found: version, needed: "2.\(minorVersion)")
      }
      cisocut_tflite_set_log { EngineLog.tflite.append(String(cString: $0)) }
      let library = TFLiteLibrary(path: path, version: version, api: UnsafePointer(api))
      known[path] = library
      return .loaded(library)
    }
  }
}

extension EngineLog {
  /// What TensorFlow Lite reported.
  static let tflite = EngineLog()
}
