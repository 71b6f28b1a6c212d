public import IsocutGraph

/// A value that some stage may have to send: one producer and all that read it.
///
/// A device pays `cost` once when the net has an operator inside its stage and another outside,
/// whichever side the producer is on and however many readers there are.
public struct Net: Hashable, Sendable {
  public var producer: Int
  public var consumers: [Int]
  public var cost: Double

  public init(producer: Int, consumers: [Int], cost: Double) {
    self.producer = producer
    self.consumers = consumers
    self.cost = cost
  }
}

/// Bytes that a stage takes on its device.
public struct StageMemory: Hashable, Sendable {
  /// Bytes of each operator alone; empty = none.
  public var operatorBytes: [Int]
  /// Constants: each counts once in every stage that holds one of its readers.
  public var constants: [SharedConstant]

  public init(operatorBytes: [Int] = [], constants: [SharedConstant] = []) {
    self.operatorBytes = operatorBytes
    self.constants = constants
  }

  public struct SharedConstant: Hashable, Sendable {
    public var bytes: Int
    public var readers: [Int]

    public init(bytes: Int, readers: [Int]) {
      self.bytes = bytes
      self.readers = readers
    }
  }
}

/// What a kind of device pays when the bytes of a stage exceed its fast memory:
/// `timePerByte` x the bytes above `capacityBytes`.
public struct OffChip: Hashable, Sendable {
  public var capacityBytes: Int
  /// In the unit of `Problem.times`, per byte.
  public var timePerByte: Double

  public init(capacityBytes: Int, timePerByte: Double) {
    self.capacityBytes = capacityBytes
    self.timePerByte = timePerByte
  }
}

/// A stage whose cost is known: overhead, operators and off-chip bytes together, without transfer.
public struct MeasuredStage: Hashable, Sendable {
  public var operators: OperatorSet
  public var kind: DeviceKind
  public var cost: StageCost

  public init(operators: OperatorSet, kind: DeviceKind, cost: StageCost) {
    self.operators = operators
    self.kind = kind
    self.cost = cost
  }
}
