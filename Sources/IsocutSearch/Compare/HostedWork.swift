package import IsocutBackends
package import IsocutGraph

/// Something that a process of its own runs again and again while it is compared with others.
package enum HostedWork: Codable, Hashable, Sendable {
  case pipeline(HostedPipeline)
  case callers(HostedCallers)

  /// What its process does in windows.
  var running: HostActivity {
    switch self {
    case .pipeline: HostActivity("running the stages", hasStages: true)
    case .callers(let work):
      HostActivity("running the whole model from \(work.callers.count) threads")
    }
  }
}

/// The stages of a plan, linked to a pipeline.
package struct HostedPipeline: Codable, Hashable, Sendable {
  package struct Stage: Codable, Hashable, Sendable {
    package var file: String
    package var device: Device
    package var inputs: [TensorSpec]
    package var outputs: [TensorSpec]

    package init(file: String, device: Device, inputs: [TensorSpec], outputs: [TensorSpec]) {
      self.file = file
      self.device = device
      self.inputs = inputs
      self.outputs = outputs
    }
  }

  package var stages: [Stage]
  package var inputs: [TensorSpec]
  package var outputs: [TensorSpec]
  package var options: RunOptions
  package var inFlight: Int
  /// True: a thread from outside pushes items in and pops them, as an application does. False: items
  /// go round by themselves.
  package var isPushed: Bool

  package init(
    stages: [Stage], inputs: [TensorSpec], outputs: [TensorSpec], options: RunOptions,
    inFlight: Int, isPushed: Bool = false
  ) {
    self.stages = stages
    self.inputs = inputs
    self.outputs = outputs
    self.options = options
    self.inFlight = inFlight
    self.isPushed = isPushed
  }
}

/// Threads that call sessions of one model file in a loop.
package struct HostedCallers: Codable, Hashable, Sendable {
  /// One thread.
  package struct Caller: Codable, Hashable, Sendable {
    /// The session it calls, by position.
    package var session: Int
    /// Where the thread is pinned; empty leaves it free.
    package var cpus: [Int]

    package init(session: Int, cpus: [Int]) {
      self.session = session
      self.cpus = cpus
    }
  }

  package var file: String
  package var inputs: [TensorSpec]
  package var outputs: [TensorSpec]
  package var options: RunOptions
  package var sessions: [Placement]
  package var callers: [Caller]

  package init(
    file: String, inputs: [TensorSpec], outputs: [TensorSpec], options: RunOptions,
    sessions: [Placement], callers: [Caller]
  ) {
    self.file = file
    self.inputs = inputs
    self.outputs = outputs
    self.options = options
    self.sessions = sessions
    self.callers = callers
  }
}
