import Foundation
import IsocutBackends
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
    /// CPU model, cores, caches, governor.
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

extension MeasurementKey.Context {
  /// The context of measuring a stage under a load.
  init(
    backend: String, version: String, device: DeviceKind, _ options: RunOptions, _ load: Load,
    _ rule: MeasuringRule, _ machine: MachineDescription
  ) throws {
    struct Chosen: Encodable {
      var run: RunOptions
      var lanes: [Lane]
      var inputs: InputPlan
      var rule: MeasuringRule
    }
    struct Lane: Encodable {
      var cores: Int
      var threads: Int
      var spins: Bool
    }
    let chosen = Chosen(
      run: options,
      lanes: load.lanes.map { Lane(cores: $0.cpus.count, threads: $0.threads, spins: $0.spins) },
      inputs: load.inputPlan, rule: rule)
    self.init(
      backend: backend, backendVersion: version, device: device.rawValue,
      options: String(decoding: try WorkerCoding.encode(chosen), as: UTF8.self),
      machine: machine.speedKey)
  }
}

extension MachineDescription {
  /// The part that decides how fast a stage runs.
  package var speedKey: String {
    "\(cpuModel); \(cores) cores; \(caches); governor \(governor)"
  }
}
