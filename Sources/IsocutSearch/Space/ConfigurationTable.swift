package import IsocutBackends
import IsocutGraph

/// Configurations as the vendor's CSV files have them.
///
/// Columns: cores, mos, ols, batchSize, deallocDelay, splitSize, vtcmRatio (percent),
/// sdpClusterSizes, instances. MOS is `[1, 4]`, one number, or `compiler-default`.
package enum ConfigurationTable {
  package static let columns = [
    "cores", "mos", "ols", "batchSize", "deallocDelay", "splitSize", "vtcmRatio",
    "sdpClusterSizes", "instances",
  ]

  /// The fields of one row, in the order of `columns`, not yet quoted.
  package static func fields(_ row: AICConfiguration) -> [String] {
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
    text(lines: [columns] + rows.map(fields))
  }

  /// Results, with columns of isocut behind the vendor's: one line a set size, in the order given.
  package static func text(of results: [ConfigurationResult]) -> String {
    let added = ["setSize", "infPerSec", "latencyP50Ms", "latencyP95Ms", "status", "reason"]
    let lines = results.flatMap { result in
      let start = fields(result.configuration)
      let end = [result.status, result.reason ?? ""]
      guard !result.points.isEmpty else { return [start + ["", "", "", ""] + end] }
      return result.points.map { point in
        let latency = point.latency
        return start + [
          String(point.setSize), String(point.result.rate),
          latency.map { String($0.p50Milliseconds) } ?? "",
          latency.map { String($0.p95Milliseconds) } ?? "",
        ] + end
      }
    }
    return text(lines: [columns + added] + lines)
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
      vtcmPercent: try number("vtcmRatio", default: 100))
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
