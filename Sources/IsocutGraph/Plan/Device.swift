/// A kind of device: all devices of one kind run a stage in the same time.
public struct DeviceKind: Hashable, Sendable, Codable, RawRepresentable {
  public var rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let cpu = DeviceKind(rawValue: "cpu")
}

/// What runs a stage: a cluster of CPU cores, an Edge TPU, a cluster of AI 100 cores.
public struct Device: Hashable, Sendable, Codable {
  /// Kind and number, such as `cpu:0`.
  public var id: String
  public var kind: String
  /// Core ids the stage's threads are pinned to; empty for devices that are not CPUs.
  public var cpus: [Int]
  /// How many cores of the cluster share one operator.
  public var mos: Int
  /// Independent groups of `mos` cores, each with an item of its own.
  public var lanes: Int
  /// Of what kinds the cores are, on a machine with more than one.
  public var coreKinds: String?

  public init(
    id: String, kind: String, cpus: [Int], mos: Int, lanes: Int, coreKinds: String? = nil
  ) {
    self.id = id
    self.kind = kind
    self.cpus = cpus
    self.mos = mos
    self.lanes = lanes
    self.coreKinds = coreKinds
  }

  /// The core ids of one lane.
  public func cpus(ofLane lane: Int) -> [Int] {
    Array(cpus.dropFirst(lane * mos).prefix(mos))
  }
}
