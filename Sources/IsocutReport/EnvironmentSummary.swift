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
    var parts = ["isocut \(toolVersion)"]
    if !environment.engine.isEmpty {
      parts.append("\(environment.engine) \(environment.engineVersion)")
    }
    if let compiler = environment.compilerVersion { parts.append("compiler \(compiler)") }
    parts += [
      "\(environment.cpuModel), \(environment.cores) \(environment.cores == 1 ? "core" : "cores")",
      "governor \(environment.governor)", environment.system,
    ]
    if let load { parts.append("load \(fourDigits(load))") }
    parts.append(environment.date)
    return printable(parts.joined(separator: " · "))
  }

  /// What every JSON result begins with: its schema, the tool, the machine.
  package var head: [JSONValue.Member] {
    let engine = environment.engine
    let machine: JSONValue = [
      "engine": engine.isEmpty ? .null : .string(engine),
      "engine_version": engine.isEmpty ? .null : .string(environment.engineVersion),
      "cpu_model": .string(environment.cpuModel),
      "cores": .integer(environment.cores),
      "governor": .string(environment.governor),
      "system": .string(environment.system),
      "load": JSONValue(load),
      "date": .string(environment.date),
    ]
    return [
      .init(key: "schema_version", value: .integer(Plan.currentSchemaVersion)),
      .init(key: "tool_version", value: .string(toolVersion)),
      .init(key: "environment", value: machine),
    ]
  }
}
