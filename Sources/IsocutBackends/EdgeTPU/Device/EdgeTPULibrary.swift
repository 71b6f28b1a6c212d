import CIsocutTFLite
import Foundation
import IsocutGraph
import Synchronization

/// The vendor's device library, libedgetpu, loaded. It stays loaded until the process ends.
final class EdgeTPULibrary: Sendable {
  static let fileName = "libedgetpu.so.1"

  let path: String
  /// The library's functions: immutable, and never unloaded.
  private nonisolated(unsafe) let api: UnsafePointer<cisocut_edgetpu_api>

  private init(path: String, api: UnsafePointer<cisocut_edgetpu_api>) {
    self.path = path
    self.api = api
  }

  /// Loads the library, or says why that is impossible. Repeated calls give the same object.
  static func find() -> LibraryState<EdgeTPULibrary> {
    LibrarySearch(environmentVariable: "ISOCUT_EDGETPU", fileName: fileName).find(load)
  }

  private static let loaded = Mutex<[String: EdgeTPULibrary]>([:])

  private static func load(_ path: String) -> LibraryState<EdgeTPULibrary> {
    loaded.withLock { known in
      if let library = known[path] { return .loaded(library) }
      let api = UnsafeMutablePointer<cisocut_edgetpu_api>.allocate(capacity: 1)
      if let reason = cisocut_edgetpu_open(path, api) {
        api.deallocate()
        return .broken(path: path, reason: String(cString: reason))
      }
      let library = EdgeTPULibrary(path: path, api: UnsafePointer(api))
      known[path] = library
      return .loaded(library)
    }
  }

  var version: String { String(cString: api.pointee.version()) }

  /// All devices attached, in the library's order.
  var devices: [EdgeTPUDevice] {
    var count = 0
    guard let list = api.pointee.list_devices(&count) else { return [] }
    defer { api.pointee.free_devices(list) }
    return UnsafeBufferPointer(start: list, count: count).map {
      EdgeTPUDevice(link: $0.type == 0 ? .pci : .usb, path: String(cString: $0.path))
    }
  }

  /// How often opening a device on USB may fail: back to back about one in five does.
  private static let usbAttempts = 4

  /// A delegate that runs compiled operators on a device.
  ///
  /// - Throws: `IsocutError` `.unavailable` where the device does not open.
  func delegate(on device: EdgeTPUDevice) throws -> EngineObject {
    let attempts = device.link == .usb ? Self.usbAttempts : 1
    for attempt in 1...attempts {
      if let delegate = api.pointee.create_delegate(
        device.link == .pci ? 0 : 1, device.path, nil, 0)
      {
        return EngineObject(delegate, release: api.pointee.free_delegate)
      }
      if attempt < attempts { usleep(500_000) }
    }
    throw IsocutError(
      .unavailable,
      """
      the Edge TPU \(device.path) does not open\(attempts > 1 ? " in \(attempts) attempts" : ""); \
      look whether another program uses it and whether you may: see the vendor's notes on groups
      """)
  }
}
