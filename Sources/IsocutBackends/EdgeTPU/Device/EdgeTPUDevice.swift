/// An Edge TPU as the vendor's library lists it.
package struct EdgeTPUDevice: Hashable, Sendable {
  /// How it is attached.
  package enum Link: String, Hashable, Sendable, Codable {
    case pci, usb

    /// The kind of device in plans and keys: a segment takes another time behind another link.
    var kind: String { "\(EdgeTPUBackend.backendName)-\(rawValue)" }
  }

  package var link: Link
  /// Such as `/dev/apex_0`, or a path below `/sys` for USB.
  package var path: String
}

/// Which devices may be used (`--device_type`).
package enum EdgeTPUDeviceType: String, Hashable, Sendable, Codable, CaseIterable {
  case any, pcionly, usbonly

  /// - Parameter kind: of a plan's device.
  func allows(kind: String) -> Bool {
    switch self {
    case .any: true
    case .pcionly: kind == EdgeTPUDevice.Link.pci.kind
    case .usbonly: kind == EdgeTPUDevice.Link.usb.kind
    }
  }
}
