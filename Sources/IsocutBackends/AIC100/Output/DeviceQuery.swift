import IsocutGraph

/// What `qaic-util -q` printed: one record a device.
package struct DeviceQuery: Hashable, Sendable {
  package var devices: [AICDevice] = []

  package init(parsing text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      if line.first?.isWhitespace != true, let qid = line.after("QID ").flatMap({ Int($0) }) {
        devices.append(AICDevice(qid: qid))
      } else if !devices.isEmpty, let colon = line.firstIndex(of: ":") {
        let key = line[..<colon].trimmed
        let value = line[line.index(after: colon)...].trimmed
        devices[devices.count - 1].fields[String(key)] = String(value)
      }
    }
  }

  /// The device to use: that with `qid`, or the first that is ready and has the most free cores.
  ///
  /// - Parameter cores: cores that all instances together need.
  /// - Throws: `IsocutError` `.unavailable` naming the state of the device and what to do.
  package func device(_ qid: Int?, cores: Int) throws -> AICDevice {
    guard !devices.isEmpty else {
      throw IsocutError(
        .unavailable,
        "qaic-util shows no Cloud AI 100 device; check the card and the kernel driver")
    }
    if let qid {
      guard let device = devices.first(where: { $0.qid == qid }) else {
        let known = devices.map { String($0.qid) }.joined(separator: ", ")
        throw IsocutError(.unavailable, "there is no device \(qid); qaic-util shows \(known)")
      }
      try device.checkReady(cores: cores)
      return device
    }
    let usable = devices.filter { (try? $0.checkReady(cores: cores)) != nil }
    guard let best = usable.max(by: { ($0.freeNSPs ?? 0, $1.qid) < ($1.freeNSPs ?? 0, $0.qid) })
    else {
      try devices[0].checkReady(cores: cores)
      return devices[0]
    }
    return best
  }
}

/// One device (SoC) as `qaic-util` shows it. A device that is not ready shows little.
package struct AICDevice: Hashable, Sendable {
  package enum State: Hashable, Sendable {
    case ready, initializing, error
    /// A state this version does not know, or none.
    case other(String)
  }

  package var qid: Int
  /// Everything that was printed, by name.
  package var fields: [String: String] = [:]

  package var state: State {
    switch fields["Status"] {
    case "Ready": .ready
    case "Initializing": .initializing
    case "Error": .error
    case let text: .other(text ?? "")
    }
  }

  package var totalNSPs: Int? { fields["Nsp Total"].flatMap { Int($0) } }
  package var freeNSPs: Int? { fields["Nsp Free"].flatMap { Int($0) } }
  package var sku: String? { fields["Sku Type"] }
  /// Degrees Celsius; not every version prints it, nor all under one name. The hottest counts.
  package var temperature: Double? {
    fields.filter { $0.key.lowercased().contains("temperature") }
      .compactMap { Double($0.value.prefix { $0.isNumber || $0 == "." || $0 == "-" }) }.max()
  }

  /// - Throws: `IsocutError` `.unavailable` where the device cannot take `cores` cores now,
  ///   `.infeasible` where it never can.
  package func checkReady(cores: Int) throws {
    switch state {
    case .ready: break
    case .initializing:
      throw IsocutError(.unavailable, "device \(qid) is still starting; wait until it is Ready")
    case .error:
      throw IsocutError(
        .unavailable,
        """
        device \(qid) is in state Error: the card may still be booting, the host unsupported, or \
        this user not allowed to use it (add it to the group qaic: usermod -a -G qaic USER)
        """)
    case .other(let text):
      throw IsocutError(
        .unavailable,
        "device \(qid) is in state \(text.isEmpty ? "unknown" : text), not Ready")
    }
    if let totalNSPs, cores > totalNSPs {
      throw IsocutError(
        .infeasible, "\(cores) cores are asked for, device \(qid) has \(totalNSPs) NSPs")
    }
    if let freeNSPs, cores > freeNSPs {
      throw IsocutError(
        .unavailable,
        """
        \(cores) cores are needed, device \(qid) has \(freeNSPs) free NSPs; \
        end what else runs on it
        """)
    }
  }
}
