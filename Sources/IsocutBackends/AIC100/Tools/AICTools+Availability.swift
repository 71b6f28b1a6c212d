extension AICTools {
  /// The name of the backend on the command line and in files.
  package static let backendName = "aic100"

  /// Whether programs can be compiled and measured here: the tools are there, and a device is ready.
  package func availability() -> Availability {
    if let (reason, remedy) = missing { return .unavailable(reason: reason, remedy: remedy) }
    do {
      let devices = try devices()
      _ = try devices.device(nil, cores: 1)
      return .ready(
        version: sdkVersion() ?? "unknown", library: root,
        details: devices.devices.map(\.description))
    } catch {
      return .unavailable(
        reason: "\(error)", remedy: "type \(query) -q to see what it says of the card")
    }
  }
}

extension AICDevice: CustomStringConvertible {
  /// One line for people.
  package var description: String {
    var parts = ["device \(qid) \(fields["Status"] ?? "in an unknown state")"]
    if let sku { parts.append(sku) }
    if let freeNSPs, let totalNSPs { parts.append("\(freeNSPs) of \(totalNSPs) NSPs free") }
    if let temperature { parts.append("\(temperature) degrees C") }
    return parts.joined(separator: ", ")
  }
}
