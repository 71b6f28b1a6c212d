import Foundation
import IsocutBackends
import IsocutGraph
import IsocutReport
import IsocutSearch

extension EnvironmentSummary {
  /// This machine, with the load of the minute before.
  ///
  /// - Parameter backend: whose engine took part; nil where none did.
  static func now(_ backend: BackendSelection? = nil) throws -> EnvironmentSummary {
    var loads = [0.0]
    return EnvironmentSummary(
      toolVersion: ToolVersion.current,
      environment: try backend.map { try .current(for: $0) } ?? .current(engine: "", version: ""),
      load: getloadavg(&loads, 1) == 1 ? loads[0] : nil)
  }
}
