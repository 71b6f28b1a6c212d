public import IsocutGraph

/// One device as the solver sees it.
public struct StageDevice: Hashable, Sendable {
  public var kind: DeviceKind
  /// Bytes a stage may take here; nil = no limit.
  public var memoryLimit: Int?
  /// Added once to every stage that runs here: start-up of an inference.
  public var overhead: Double
  /// How long the device's link takes for what the nets call a cost of 1: 0.5 for a link twice as
  /// fast as the one the costs were taken on, 0 where moving tensors takes none of its time.
  public var transferFactor: Double

  public init(
    kind: DeviceKind, memoryLimit: Int? = nil, overhead: Double = 0, transferFactor: Double = 1
  ) {
    self.kind = kind
    self.memoryLimit = memoryLimit
    self.overhead = overhead
    self.transferFactor = transferFactor
  }

  /// Whether moving tensors in and out takes this device's time.
  public var paysTransfer: Bool { transferFactor > 0 }
}

/// Whether the list of devices is also their order in the pipeline.
public enum DeviceOrder: Hashable, Sendable {
  /// Stage after stage goes down the list; a device may be skipped unless all must be used.
  case asListed
  /// Any device may stand anywhere in the pipeline.
  case interchangeable
}
