import CIsocutLinux
import Foundation
import Glibc
import IsocutGraph

/// What a worker may use.
package struct WorkerLimits: Hashable, Sendable, Codable {
  /// Writable memory in bytes; nil takes nine tenths of the machine's.
  package var memoryBytes: UInt64?

  package init(memoryBytes: UInt64? = nil) {
    self.memoryBytes = memoryBytes
  }
}

struct HelloRequest: Hashable, Sendable, Codable {
  var toolVersion: String
  var limits: WorkerLimits
}

/// How a worker presents itself.
package struct WorkerHello: Hashable, Sendable, Codable {
  package var toolVersion: String
  package var machine: MachineDescription
  /// Core ids it may use.
  package var cpus: [Int]
  /// On its own host.
  package var processID: Int32

  static func answer(_ request: HelloRequest, _ toolVersion: String) throws -> WorkerHello {
    let machine = MachineDescription.current()
    let bytes = request.limits.memoryBytes ?? machine.memoryBytes / 10 * 9
    let failure = bytes == 0 ? 0 : cisocut_process_limit_memory(bytes)
    guard failure == 0 else {
      throw IsocutError(
        .internalError,
        "cannot limit a worker to \(bytes) bytes of memory: \(SystemError(number: failure))")
    }
    return WorkerHello(
      toolVersion: toolVersion, machine: machine, cpus: AllowedCPUs.current().ids,
      processID: getpid())
  }
}
