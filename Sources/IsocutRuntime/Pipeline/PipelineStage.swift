public import IsocutBackends
public import IsocutGraph

/// One stage as a pipeline runs it: loaded, once for each lane.
public struct PipelineStage: Sendable {
  public var name: String
  public var lanes: [Lane]
  /// What it reads and writes, in its executors' order. A name means the same tensor in all stages.
  public var inputs: [TensorSpec]
  public var outputs: [TensorSpec]

  /// An independent group of cores, with an item of its own.
  public struct Lane: Sendable {
    public var executor: any Executor
    /// Core ids; the lane's thread is pinned to the first, the engine's own threads have the others.
    public var cpus: [Int]

    public init(executor: any Executor, cpus: [Int]) {
      self.executor = executor
      self.cpus = cpus
    }
  }

  /// - Parameter lanes: at least one; all of them do the same.
  public init(name: String, lanes: [Lane], inputs: [TensorSpec], outputs: [TensorSpec]) {
    self.name = name
    self.lanes = lanes
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// How a pipeline works.
public struct PipelineOptions: Hashable, Sendable {
  /// Items inside at the same time; nil is two for each lane.
  public var inFlight: Int?
  /// Items that may wait between two stages; nil is twice the lanes of the widest stage.
  public var queueCapacity: Int?
  public var spin: SpinPolicy
  /// True gives items straight from the last stage back to the first: no thread but the lanes runs,
  /// and nothing is pushed or popped. For measuring.
  public var recycles: Bool
  /// In a recycling pipeline, the number of items after which it ends by itself; nil is no end.
  public var itemLimit: Int?
  /// How many of the latest events of each lane are kept.
  public var eventCapacity: Int

  public init(
    inFlight: Int? = nil, queueCapacity: Int? = nil, spin: SpinPolicy = .automatic,
    recycles: Bool = false, itemLimit: Int? = nil, eventCapacity: Int = 4096
  ) {
    self.inFlight = inFlight
    self.queueCapacity = queueCapacity
    self.spin = spin
    self.recycles = recycles
    self.itemLimit = itemLimit
    self.eventCapacity = eventCapacity
  }
}
