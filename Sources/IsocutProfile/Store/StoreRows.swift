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

  /// The row's number, or nil where there is none.
  static func known(
    _ context: MeasurementKey.Context, in database: Database
  ) throws -> Int64? {
    try Int64.fetchOne(
      database,
      sql: """
        SELECT id FROM context WHERE backend = ? AND backend_version = ? AND device = ?
        AND options = ? AND machine = ?
        """, arguments: arguments(context))
  }

  /// The row's number; a new row is made where there is none.
  static func identifier(
    of context: MeasurementKey.Context, in database: Database
  ) throws -> Int64 {
    if let known = try known(context, in: database) { return known }
    try database.execute(
      sql: """
        INSERT INTO context (backend, backend_version, device, options, machine)
        VALUES (?, ?, ?, ?, ?)
        """, arguments: arguments(context))
    return database.lastInsertedRowID
  }

  private static func arguments(_ context: MeasurementKey.Context) -> StatementArguments {
    [
      context.backend, context.backendVersion, context.device, context.options, context.machine,
    ]
  }

  /// Removes contexts that nothing refers to any more.
  static func removeUnused(_ database: Database) throws {
    try database.execute(
      sql: """
        DELETE FROM context WHERE id NOT IN (SELECT context FROM measurement)
        AND id NOT IN (SELECT context FROM figures)
        """)
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
    guard let context = try ContextRow.known(key.context, in: database) else { return nil }
    let row = try Row.fetchOne(
      database, sql: "SELECT * FROM measurement WHERE stage = ? AND context = ?",
      arguments: [key.stage, context])
    return row.map(MeasurementRow.init(row:))
  }

  /// - Returns: false where a newer one was kept.
  func upsert(_ database: Database, keepsNewer: Bool) throws -> Bool {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO measurement (stage, context, date, status, reason, timing, samples)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (stage, context) DO UPDATE SET date = excluded.date,
          status = excluded.status, reason = excluded.reason, timing = excluded.timing,
          samples = excluded.samples
        \(keepsNewer ? "WHERE excluded.date > measurement.date" : "")
        """)
    try statement.execute(
      arguments: [stage, context, date, status, reason, timing, samples])
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
