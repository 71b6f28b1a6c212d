import IsocutGraph

/// A value of the vendor's JSON file; other kinds do not occur in it.
enum ConfiguratorFileValue: Decodable {
  case number(Int)
  case text(String)
  case object([String: ConfiguratorFileValue])
  case list([ConfiguratorFileValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([ConfiguratorFileValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: ConfiguratorFileValue].self))
    }
  }
}

/// Reads the keys of one dialect or the other; nothing is passed over in silence.
struct ConfiguratorFileReader {
  typealias Parameter = ConfiguratorFile.Parameter

  let path: String
  let document: [String: ConfiguratorFileValue]

  private static let known: [String: String] = [
    "search-mode": "search-mode", "objective": "objective",
    "max_func_eval": "evaluations", "max-func-eval": "evaluations",
    "params": "ranges", "search-parameters": "ranges",
    "static_params": "fixed", "static-params": "fixed", "static-parameters": "fixed",
    "initial_values": "starts", "initial-values": "starts",
  ]

  func file() throws -> ConfiguratorFile {
    var byRole: [String: ConfiguratorFileValue] = [:]
    for (key, value) in document.sorted(by: { $0.key < $1.key }) {
      guard let role = Self.known[key] else { throw bad("has the unknown key \(key)") }
      guard byRole.updateValue(value, forKey: role) == nil else {
        throw bad("says \(key) twice, in both dialects")
      }
    }
    let isOlder = ["max_func_eval", "params", "initial_values"].contains { document[$0] != nil }
    if case .text(let mode)? = byRole["search-mode"], mode != "optimized" {
      throw bad("has the search-mode \(mode); known is optimized")
    }
    guard let ranges = byRole["ranges"] else {
      throw bad("has no search-parameters (older files: params)")
    }
    return ConfiguratorFile(
      dialect: isOlder && document["search-mode"] == nil ? .older : .newer,
      objective: try objective(byRole["objective"]),
      maxEvaluations: try byRole["evaluations"].map { try positive($0, "max_func_eval") } ?? 200,
      ranges: try self.ranges(ranges),
      fixed: try byRole["fixed"].map { try values($0, "static_params") } ?? [:],
      starts: try starts(byRole["starts"]))
  }

  private func objective(_ value: ConfiguratorFileValue?) throws -> ConfiguratorFile.Objective {
    guard let value else { return .throughput }
    guard case .text(let text) = value else { throw bad("has an objective that is no text") }
    switch text {
    case "max-throughput", "maximize_inf_rate": return .throughput
    case "min-latency", "minimize_latency": return .latency
    default:
      throw bad("has the objective \(text); known are max-throughput and min-latency")
    }
  }

  private func ranges(_ value: ConfiguratorFileValue) throws -> [Parameter: ClosedRange<Int>] {
    guard case .object(let entries) = value else { throw bad("has ranges that are no object") }
    var ranges: [Parameter: ClosedRange<Int>] = [:]
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      let parameter = try self.parameter(name)
      guard case .object(let bounds) = entry, let low = bounds["min"], let high = bounds["max"],
        bounds.count == 2
      else { throw bad("must give \(name) as {\"min\": …, \"max\": …}") }
      let lowest = try positive(low, "\(name) min")
      let highest = try positive(high, "\(name) max")
      guard lowest <= highest else { throw bad("has a min of \(name) above its max") }
      ranges[parameter] = lowest...highest
    }
    return ranges
  }

  private func starts(_ value: ConfiguratorFileValue?) throws -> [[Parameter: Int]] {
    guard let value else { return [] }
    guard case .list(let entries) = value else { throw bad("has initial values that are no list") }
    return try entries.map { try values($0, "initial values") }
  }

  private func values(_ value: ConfiguratorFileValue, _ what: String) throws -> [Parameter: Int] {
    guard case .object(let entries) = value else { throw bad("has \(what) that are no object") }
    return try entries.sorted { $0.key < $1.key }.reduce(into: [:]) { values, entry in
      values[try parameter(entry.key)] = try positive(entry.value, entry.key)
    }
  }

  private func parameter(_ name: String) throws -> Parameter {
    if name == "bs" { return .batchSize }
    if name == "setSize" || name == "set_size" { return .setSize }
    guard let parameter = Parameter(rawValue: name) else {
      throw bad("names the unknown parameter \(name)")
    }
    return parameter
  }

  private func positive(_ value: ConfiguratorFileValue, _ what: String) throws -> Int {
    guard case .number(let number) = value, number > 0 else {
      throw bad("must give \(what) as a whole number above 0")
    }
    return number
  }

  private func bad(_ what: String) -> IsocutError { IsocutError(.badData, "\(path) \(what)") }
}
