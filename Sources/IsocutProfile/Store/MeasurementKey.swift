import IsocutGraph
package import IsocutWorker

/// What a stored result belongs to. Two measurements with equal keys would give the same figures.
package struct MeasurementKey: Hashable, Sendable, Codable {
  /// The content key of the stage: SHA-256, lower-case hex.
  package var stage: String
  package var context: Context

  /// All but the stage: the same for most results of a search.
  package struct Context: Hashable, Sendable, Codable {
    package var backend: String
    package var backendVersion: String
    /// The kind of device: equal devices give equal figures, so no core ids.
    package var device: String
    /// Everything chosen: run options, lanes, inputs, measuring rule; JSON with sorted keys.
    package var options: String
    /// CPU model and identity, cores, caches, governor.
    package var machine: String

    package init(
      backend: String, backendVersion: String, device: String, options: String, machine: String
    ) {
      self.backend = backend
      self.backendVersion = backendVersion
      self.device = device
      self.options = options
      self.machine = machine
    }
  }

  package init(stage: String, context: Context) {
    self.stage = stage
    self.context = context
  }
}

extension MachineDescription {
  /// The part that decides how fast a stage runs.
  package var speedKey: String {
    "\(cpuModel), \(cpuIdentity); \(cores) cores; \(caches); governor \(governor)"
  }
}
