/// An Edge TPU as the vendor's library lists it.
package struct EdgeTPUDevice: Hashable, Sendable {
  /// How it is attached.
  package enum Link: String, Hashable, Sendable, Codable {
    case pci, usb
  }

  package var link: Link
  /// Such as `/dev/apex_0`, or a path below `/sys` for USB.
  package var path: String
}

/// Which devices may be used (`--device_type`).
package enum EdgeTPUDeviceType: String, Hashable, Sendable, Codable, CaseIterable {
  case any, pcionly, usbonly

  func allows(_ device: EdgeTPUDevice) -> Bool {
    switch self {
    case .any: true
    case .pcionly: device.link == .pci
    case .usbonly: device.link == .usb
    }
  }
}
