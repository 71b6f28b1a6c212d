package import IsocutGraph

/// The machine and the versions a result belongs to; without it results cannot be compared.
package struct EnvironmentSummary: Sendable {
  package var toolVersion: String
  package var environment: Plan.Environment
  /// Mean number of runnable threads over the last minute, when the command began.
  package var load: Double?

  package init(toolVersion: String, environment: Plan.Environment, load: Double? = nil) {
    self.toolVersion = toolVersion
    self.environment = environment
    self.load = load
  }

  /// One line below a table.
  package var line: String {
    var parts = [
      "isocut \(toolVersion)", "\(environment.engine) \(environment.engineVersion)",
      "\(environment.cpuModel), \(environment.cores) \(environment.cores == 1 ? "core" : "cores")",
      "governor \(environment.governor)", environment.system,
    ]
    if let load { parts.append("load \(fourDigits(load))") }
    parts.append(environment.date)
    return printable(parts.joined(separator: " · "))
  }

  package var json: JSONValue {
    [
      "tool_version": .string(toolVersion),
      "engine": .string(environment.engine),
      "engine_version": .string(environment.engineVersion),
      "cpu_model": .string(environment.cpuModel),
      "cores": .integer(environment.cores),
      "governor": .string(environment.governor),
      "system": .string(environment.system),
      "load": JSONValue(load),
      "date": .string(environment.date),
    ]
  }
}
