package import IsocutBackends
import IsocutGraph

/// Configurations as the vendor's CSV files have them.
///
/// Columns: cores, mos, ols, batchSize, deallocDelay, splitSize, vtcmRatio (percent),
/// sdpClusterSizes, instances. MOS is `[1, 4]`, one number, or `compiler-default`. A column of
/// isocut's own, depthFirstMem, is there only where a row has depth-first scheduling.
package enum ConfigurationTable {
  package static let columns = [
    "cores", "mos", "ols", "batchSize", "deallocDelay", "splitSize", "vtcmRatio",
    "sdpClusterSizes", "instances",
  ]

  private static let depthFirstColumn = "depthFirstMem"

  /// Columns and fields of rows, not yet quoted.
  private static func lines(_ rows: [AICConfiguration]) -> (columns: [String], fields: [[String]]) {
    guard rows.contains(where: { $0.depthFirst != nil }) else {
      return (columns, rows.map(fields))
    }
    return (columns + [depthFirstColumn], rows.map { fields($0) + [depthFirst($0)] })
  }

  private static func depthFirst(_ row: AICConfiguration) -> String {
    row.depthFirst.map { $0.memory.map(String.init) ?? "compiler-default" } ?? "off"
  }

  private static func fields(_ row: AICConfiguration) -> [String] {
    let layout = row.layout
    let mos = layout.mos.values
    let sizes = layout.clusterSizes
    return [
      String(layout.cores),
      mos.isEmpty ? "compiler-default" : BracketedList(mos).description,
      String(row.ols), String(row.batchSize), String(row.deallocDelay), String(row.splitSize),
      String(row.vtcmPercent), sizes.isEmpty ? "" : BracketedList(sizes).description,
      String(layout.instances),
    ]
  }

  /// The whole file, with a line of column names.
  package static func text(_ rows: [AICConfiguration]) -> String {
    let table = lines(rows)
    return text(lines: [table.columns] + table.fields)
  }

  /// Results, with columns of isocut behind the vendor's: one line a set size, in the order given.
  package static func text(of results: [ConfigurationResult]) -> String {
    let added = [
      "setSize", "infPerSec", "latencyP50Ms", "latencyP95Ms", "latencyP99Ms", "status", "reason",
      "sdk", "sku", "nsps", "temperatureC",
    ]
    let table = lines(results.map(\.configuration))
    let lines = zip(results, table.fields).flatMap { result, start in
      let outcome = [result.status, result.reason ?? ""]
      guard !result.points.isEmpty else {
        return [start + Array(repeating: "", count: 5) + outcome + Array(repeating: "", count: 4)]
      }
      return result.points.map { start + figures($0) + outcome + place($0.environment) }
    }
    return text(lines: [table.columns + added] + lines)
  }

  private static func figures(_ point: AICPoint) -> [String] {
    let latency = point.latency
    let times = [latency?.p50Milliseconds, latency?.p95Milliseconds, latency?.p99Milliseconds]
    return [String(point.setSize), String(point.result.rate)]
      + times.map { $0.map { String($0) } ?? "" }
  }

  private static func place(_ environment: AICEnvironment) -> [String] {
    [
      environment.sdk ?? "", environment.sku ?? "", environment.nsps.map(String.init) ?? "",
      environment.temperature.map { String($0) } ?? "",
    ]
  }

  private static func text(lines: [[String]]) -> String {
    lines.map { $0.map(CSVLine.quoted).joined(separator: ",") + "\n" }.joined()
  }

  /// Reads a file of the vendor or of `text`; columns may stand in any order, and those that are
  /// not of a configuration, such as results, are passed over.
  ///
  /// - Throws: `IsocutError` `.badData` naming the line and column that is wrong.
  package static func read(_ text: String, path: String) throws -> [AICConfiguration] {
    let lines = text.split(whereSeparator: \.isNewline).map(CSVLine.fields)
    guard let header = lines.first, header.contains("cores") else {
      throw IsocutError(.badData, "\(path) has no column cores")
    }
    return try lines.dropFirst().enumerated().map { index, fields in
      try row(fields, header: header, place: "\(path) line \(index + 2)")
    }
  }

  private static func row(
    _ fields: [String], header: [String], place: String
  ) throws -> AICConfiguration {
    guard fields.count == header.count else {
      throw IsocutError(
        .badData, "\(place) has \(fields.count) fields for \(header.count) columns")
    }
    let cells = Dictionary(zip(header, fields)) { first, _ in first }
    func number(_ column: String, default fallback: Int) throws -> Int {
      guard let text = cells[column], !text.isEmpty else { return fallback }
      guard let value = Int(text), value > 0 else {
        throw IsocutError(.badData, "\(place): \(column) \(text) is no whole number above 0")
      }
      return value
    }
    func list(_ column: String) throws -> [Int] {
      guard let text = cells[column], !text.isEmpty, text != "compiler-default" else { return [] }
      let numbers = BracketedList(parsing: text).numbers
      guard !numbers.isEmpty || text.filter({ !$0.isWhitespace }) == "[]" else {
        throw IsocutError(.badData, "\(place): \(column) \(text) is no list of numbers")
      }
      return numbers
    }
    let layout = NSPLayout(
      cores: try number("cores", default: 0), clusterSizes: try list("sdpClusterSizes"),
      mos: ChannelSplit(try list("mos")), instances: try number("instances", default: 1))
    if let problem = layout.problem(onDeviceWith: nil) {
      throw IsocutError(.badData, "\(place): \(problem.message)")
    }
    return AICConfiguration(
      layout: layout, batchSize: try number("batchSize", default: 1),
      ols: try number("ols", default: 1), deallocDelay: try number("deallocDelay", default: 3),
      splitSize: try number("splitSize", default: 2048),
      vtcmPercent: try number("vtcmRatio", default: 100),
      depthFirst: try depthFirst(cells[depthFirstColumn], place: place))
  }

  private static func depthFirst(
    _ text: String?, place: String
  ) throws -> AICConfiguration.DepthFirst? {
    switch text ?? "" {
    case "", "off": return nil
    case "compiler-default": return .init()
    case let text:
      guard let memory = Int(text), memory > 0 else {
        throw IsocutError(
          .badData, "\(place): \(depthFirstColumn) \(text) is none of off, compiler-default, a size"
        )
      }
      return .init(memory: memory)
    }
  }
}

/// One line of a CSV file whose quoted fields hold no line breaks, as these files have them.
private enum CSVLine {
  static func quoted(_ field: String) -> String {
    let line = field.split(whereSeparator: \.isNewline).joined(separator: " ")
    guard line.contains(where: { $0 == "," || $0 == "\"" }) else { return line }
    return "\"" + line.replacing("\"", with: "\"\"") + "\""
  }

  static func fields(_ line: Substring) -> [String] {
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      default: field.append(character)
      }
    }
    return (fields + [field]).map { field in
      String(field.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
  }
}
