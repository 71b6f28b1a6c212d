package import IsocutGraph

/// Which of the attached devices run the segments, and which measure them.
package struct EdgeTPUChoice: Hashable, Sendable {
  /// One for each segment.
  package var segments: [Device]
  /// Fewer than segments where these are measured one after the other.
  package var measuring: [Device]

  /// - Parameters:
  ///   - attached: all devices, as the backend lists them.
  ///   - measuring: how many devices measure; nil takes one for each segment. With fewer, devices
  ///     that are not attached are taken to be like those that measure.
  /// - Throws: `IsocutError` `.unavailable` where there are too few; `.infeasible` for more
  ///   segments than `ClusterLayout.mostStages`.
  package init(
    from attached: [Device], _ settings: EdgeTPUSettings, segments count: Int, measuring: Int? = nil
  ) throws {
    try ClusterLayout.check(stageCount: count)
    let allowed = attached.filter { settings.deviceType.allows(kind: $0.kind) }
    let usable = try settings.devices.map { try Self.named($0, of: allowed) } ?? allowed
    let needed = min(measuring ?? count, count)
    guard usable.count >= needed, needed > 0 else {
      let kind = settings.deviceType == .any ? "" : " (\(settings.deviceType.rawValue))"
      let there = usable.isEmpty ? "none is" : "\(usable.count) \(usable.count == 1 ? "is" : "are")"
      let list = usable.isEmpty ? "" : ": " + usable.map(\.id).joined(separator: ", ")
      throw IsocutError(
        .unavailable,
        needed == count
          ? """
          \(count) segments need \(count) Edge TPUs, and \(there) attached\(kind)\(list); attach more, \
          cut into fewer segments, or measure one after the other with --devices-for-profiling 1
          """
          : "measuring on \(needed) Edge TPUs needs as many, and \(there) attached\(kind)\(list)")
    }
    self.measuring = Array(usable.prefix(needed))
    let devices = self.measuring
    let taken = Set(attached.map(\.id))
    var absent = (0...).lazy.map { "\(EdgeTPUBackend.backendName):\($0)" }
      .filter { !taken.contains($0) }.makeIterator()
    segments = (0..<count).map { index in
      guard !usable.indices.contains(index) else { return usable[index] }
      var device = devices[index % needed]
      device.id = absent.next() ?? device.id
      return device
    }
    // A segment's time is that of the kind of device that measured it.
    for index in segments.indices { segments[index].kind = devices[index % needed].kind }
  }

  private static func named(_ numbers: [Int], of allowed: [Device]) throws -> [Device] {
    try numbers.map { number in
      let id = "\(EdgeTPUBackend.backendName):\(number)"
      guard let device = allowed.first(where: { $0.id == id }) else {
        throw IsocutError(
          .unavailable,
          "there is no Edge TPU \(number) that may be used; there are: "
            + allowed.map { "\($0.id) (\($0.kind))" }.joined(separator: ", "))
      }
      return device
    }
  }
}
