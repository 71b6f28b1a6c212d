import Foundation
import IsocutGraph
import IsocutProfile
import IsocutReport

/// Stored measurements as tables and JSON.
enum ProfileReport {
  /// Rises when an older reader of the JSON would be wrong.
  private static let schemaVersion = 1

  /// What the JSON of every `isocut profile` command begins with.
  static func json(_ store: ProfileStore) -> JSONValue {
    ["schema_version": .integer(schemaVersion), "store": .string(store.path)]
  }

  static func list(
    _ results: [StoredMeasurement], of count: Int, store: ProfileStore,
    _ counts: [StageMeasurement.Status: Int]
  ) throws -> Report {
    var table = Table(
      title: "Stored measurements",
      columns: [
        .init("Stage"), .init("Backend"), .init("Options"), .init("Status"),
        .init("Median", unit: .milliseconds), .init("Interval", unit: .milliseconds),
        .init("Runs"), .init("Measured", key: "measured_at"), .init("Reason"),
      ])
    for result in results {
      let timing = result.measurement.timing
      table.append([
        .text(String(result.key.stage.prefix(12))), .text(result.key.context.backend),
        .text(ChosenOptions(result).summary), .text(result.measurement.status.rawValue),
        Cell(timing?.interval.median), Cell(timing?.reportedInterval.text),
        Cell(timing?.interval.count),
        .text(date(result.date)), Cell(result.measurement.reason.map(firstWords)),
      ])
    }
    var notes: [String] = []
    if results.isEmpty { notes.append("No result matches.") }
    if results.count < count {
      notes.append("The newest \(results.count) of \(count); --limit shows more.")
    }
    let all = counts.values.reduce(0, +)
    let parts = counts.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key.rawValue)" }
    notes.append(
      "Store: \(store.path), \(all) results\(parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")."
    )
    return Report(
      tables: [table], notes: notes,
      json: json(store).merging([
        "matching": .integer(count), "results": .array(try results.map(json)),
        "counts": .object(
          StageMeasurement.Status.allCases.map {
            .init(key: $0.rawValue, value: .integer(counts[$0] ?? 0))
          }),
      ]))
  }

  static func show(_ results: [StoredMeasurement], store: ProfileStore) throws -> Report {
    Report(
      tables: results.map(details), notes: ["Store: \(store.path)"],
      json: json(store).merging([
        "stage": JSONValue(results.first?.key.stage), "results": .array(try results.map(json)),
      ]))
  }

  private static func details(_ result: StoredMeasurement) -> Table {
    let context = result.key.context
    var table = Table(
      title: "Stage \(result.key.stage)", columns: [.init("Property"), .init("Value")])
    func add(_ name: String, _ value: String?) {
      if let value { table.append([.text(name), .text(value)]) }
    }
    add("status", result.measurement.status.rawValue)
    add("reason", result.measurement.reason)
    add("measured", date(result.date))
    add("backend", "\(context.backend) \(context.backendVersion)")
    add("device", context.device)
    add("options", ChosenOptions(result).summary)
    add("machine", context.machine)
    guard let timing = result.measurement.timing else { return table }
    let interval = timing.reportedInterval
    add("median", "\(milliseconds(interval.median)) an item")
    add(
      "interval",
      """
      \(interval.text) ms (\(percent(interval.confidence)), \
      \(percent(interval.relativeHalfWidth, digits: 2)) of the median on either side)
      """)
    add("one call", timing.latencyMilliseconds.map(milliseconds))
    add(
      "runs",
      """
      \(interval.count) after \(timing.warmUpCount) to warm up, worth \
      \(Int(interval.effectiveCount)) independent ones
      """)
    add("ended by", timing.endedBy.rawValue)
    add(
      "outliers",
      """
      \(timing.outliers.count) above \(milliseconds(timing.outliers.limit)); the longest run took \
      \(String(format: "%.2f", timing.outliers.worstRatio)) times the median
      """)
    add("warning", timing.outliers.warning(of: interval.count))
    add(
      "disturbance",
      """
      \(percent(timing.disturbance.lostShare, digits: 1)) of the cores' time lost to others, fixed \
      work \(percent(timing.disturbance.slowdown, digits: 1)) slower than at best around the runs \
      and up to \(percent(timing.disturbance.unseenSlowdown ?? 0, digits: 1)) unseen within them, \
      \(timing.repeats) rounds repeated
      """)
    add("time it took", String(format: "%.2f s", timing.seconds))
    add("samples kept", timing.samples.map { String($0.count) })
    return table
  }

  private static func json(_ result: StoredMeasurement) throws -> JSONValue {
    let context = result.key.context
    let timing = result.measurement.timing
    return [
      "stage": .string(result.key.stage), "backend": .string(context.backend),
      "backend_version": .string(context.backendVersion), "device": .string(context.device),
      "machine": .string(context.machine), "options": ChosenOptions(result).json,
      "status": .string(result.measurement.status.rawValue),
      "reason": JSONValue(result.measurement.reason),
      "measured_at": .string(date(result.date)), "median_ms": JSONValue(timing?.interval.median),
      "interval_ms": timing.map {
        JSONValue([$0.reportedInterval.low, $0.reportedInterval.high])
      } ?? .null,
      "confidence": JSONValue(timing?.interval.confidence),
      "runs": JSONValue(timing?.interval.count),
      "effective_runs": JSONValue(timing?.interval.effectiveCount),
      "latency_ms": JSONValue(timing?.latencyMilliseconds),
      "ended_by": JSONValue(timing?.endedBy.rawValue),
      "warm_up_runs": JSONValue(timing?.warmUpCount),
      "outliers": JSONValue(timing?.outliers.count),
      "lost_share": JSONValue(timing?.disturbance.lostShare),
      "slowdown": JSONValue(timing?.disturbance.slowdown),
      "unseen_slowdown": JSONValue(timing?.disturbance.unseenSlowdown),
      "repeats": JSONValue(timing?.repeats), "seconds": JSONValue(timing?.seconds),
      "samples_ms": timing?.samples.map { JSONValue($0) } ?? .null,
    ]
  }

  /// A count of what was done beside a count of what was not.
  static func summary(
    _ done: String, _ doneCount: Int, _ other: String, _ otherCount: Int, bytes: Int
  ) -> Table {
    var table = Table(columns: [.init(done), .init(other), .init("Used", unit: .mebibytes)])
    table.append([.integer(doneCount), .integer(otherCount), .mebibytes(fromBytes: bytes)])
    return table
  }

  private static func date(_ date: Date) -> String { ISO8601DateFormatter().string(from: date) }

  private static func milliseconds(_ value: Double) -> String { String(format: "%.4g ms", value) }

  private static func percent(_ share: Double, digits: Int = 0) -> String {
    String(format: "%.\(digits)f %%", share * 100)
  }

  /// A reason may hold an engine's last words, line after line.
  private static func firstWords(_ reason: String) -> String {
    let line = reason.split(whereSeparator: \.isNewline).first ?? ""
    return line.count <= 60 ? String(line) : line.prefix(59) + "…"
  }
}

extension MedianInterval {
  fileprivate var text: String { String(format: "%.4g-%.4g", low, high) }
}

/// What was chosen for a measurement, as its key holds it.
private struct ChosenOptions {
  let json: JSONValue

  init(_ result: StoredMeasurement) {
    let text = result.key.context.options
    json = (try? JSONValue(parsing: Data(text.utf8))) ?? .string(text)
  }

  /// The parts that most measurements differ in.
  var summary: String {
    var parts: [String] = []
    if case .string(let level) = json["run"]?["optimizationLevel"] { parts.append(level) }
    if case .array(let lanes) = json["lanes"] {
      parts.append(lanes.count == 1 ? "1 lane" : "\(lanes.count) lanes")
      let cores = lanes.compactMap { lane -> Int? in
        if case .integer(let count) = lane["cores"] { count } else { nil }
      }.reduce(0, +)
      parts.append(cores == 1 ? "1 core" : "\(cores) cores")
    }
    return parts.isEmpty ? "-" : parts.joined(separator: ", ")
  }
}
