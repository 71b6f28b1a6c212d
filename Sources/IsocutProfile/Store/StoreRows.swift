import Foundation
import GRDB
import IsocutGraph
import IsocutWorker

/// A row of `context`: what many measurements share.
struct ContextRow {
  let value: MeasurementKey.Context

  init(row: Row) {
    value = MeasurementKey.Context(
      backend: row["backend"], backendVersion: row["backend_version"], device: row["device"],
      options: row["options"], machine: row["machine"])
  }

  /// The row's number; a new row is made where there is none.
  static func identifier(
    of context: MeasurementKey.Context, in database: Database
  ) throws -> Int64 {
    let arguments: StatementArguments = [
      context.backend, context.backendVersion, context.device, context.options, context.machine,
    ]
    let query = """
      SELECT id FROM context WHERE backend = ? AND backend_version = ? AND device = ?
      AND options = ? AND machine = ?
      """
    if let known = try Int64.fetchOne(database, sql: query, arguments: arguments) { return known }
    try database.execute(
      sql: """
        INSERT INTO context (backend, backend_version, device, options, machine)
        VALUES (?, ?, ?, ?, ?)
        """, arguments: arguments)
    return database.lastInsertedRowID
  }
}

/// A row of `measurement`.
struct MeasurementRow {
  var stage: String
  var context: Int64
  var date: Double
  var status: String
  var reason: String?
  /// `StageTiming` as JSON, without its samples.
  var timing: String?
  /// Doubles, little-endian.
  var samples: Data?

  init(_ stored: StoredMeasurement, context: Int64) throws {
    stage = stored.key.stage
    self.context = context
    date = stored.date.timeIntervalSince1970
    status = stored.measurement.status.rawValue
    reason = stored.measurement.reason
    guard var figures = stored.measurement.timing else { return }
    samples = figures.samples.map(SampleBytes.data(of:))
    figures.samples = nil
    timing = String(decoding: try WorkerCoding.encode(figures), as: UTF8.self)
  }

  init(row: Row) {
    stage = row["stage"]
    context = row["context"]
    date = row["date"]
    status = row["status"]
    reason = row["reason"]
    timing = row["timing"]
    samples = row["samples"]
  }

  static func find(_ key: MeasurementKey, in database: Database) throws -> MeasurementRow? {
    let context = key.context
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT * FROM measurement WHERE stage = ? AND context = (
          SELECT id FROM context WHERE backend = ? AND backend_version = ? AND device = ?
          AND options = ? AND machine = ?)
        """,
      arguments: [
        key.stage, context.backend, context.backendVersion, context.device, context.options,
        context.machine,
      ])
    return row.map(MeasurementRow.init(row:))
  }

  /// - Returns: false where a newer one was kept.
  func upsert(_ database: Database, keepsNewer: Bool) throws -> Bool {
    try database.execute(
      sql: """
        INSERT INTO measurement (stage, context, date, status, reason, timing, samples)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (stage, context) DO UPDATE SET date = excluded.date,
          status = excluded.status, reason = excluded.reason, timing = excluded.timing,
          samples = excluded.samples
        \(keepsNewer ? "WHERE excluded.date > measurement.date" : "")
        """, arguments: [stage, context, date, status, reason, timing, samples])
    return database.changesCount > 0
  }

  /// - Throws: `IsocutError` `.badData` for a row that this version cannot read.
  func measurement() throws -> StageMeasurement {
    guard let status = StageMeasurement.Status(rawValue: status) else {
      throw IsocutError(.badData, "the profile store holds an unknown status \(status)")
    }
    var figures: StageTiming?
    do {
      figures = try timing.map { try WorkerCoding.decode(StageTiming.self, from: Data($0.utf8)) }
    } catch {
      throw IsocutError(
        .badData, "the profile store holds figures of stage \(stage) that cannot be read",
        cause: error)
    }
    figures?.samples = samples.map(SampleBytes.samples(in:))
    return StageMeasurement(status: status, reason: reason, timing: figures)
  }
}
