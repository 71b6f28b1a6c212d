import Foundation
package import IsocutBackends
package import IsocutGraph
import IsocutWorker

extension Plan.Environment {
  /// This machine and the engine as they are now.
  ///
  /// - Throws: `IsocutError` `.usage` for a backend that does not exist.
  package static func current(for backend: BackendSelection) throws -> Plan.Environment {
    var version = "unknown"
    if case .ready(let found, _, _) = try backend.make().availability() { version = found }
    return current(engine: backend.name, version: version)
  }

  /// This machine as it is now.
  package static func current(engine: String, version: String) -> Plan.Environment {
    let machine = MachineDescription.current()
    return Plan.Environment(
      cpuModel: machine.cpuModel, cores: machine.cores, governor: machine.governor,
      system: machine.system, engine: engine, engineVersion: version,
      date: ISO8601DateFormatter().string(from: Date()))
  }
}
