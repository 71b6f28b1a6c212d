package import Foundation
import GRDB
import IsocutGraph
import IsocutWorker

/// A measurement as the store has it.
package struct StoredMeasurement: Hashable, Sendable, Codable {
  package var key: MeasurementKey
  package var measurement: StageMeasurement
  package var date: Date

  package init(key: MeasurementKey, measurement: StageMeasurement, date: Date) {
    self.key = key
    self.measurement = measurement
    self.date = date
  }
}

extension StoredMeasurement {
  /// Whether it may be what `save` wrote once. A store can be edited, and imported from anywhere.
  var isPlausible: Bool {
    guard measurement.status.isMeasured == (measurement.timing != nil),
      !key.stage.isEmpty, key.stage.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
    else { return false }
    guard let interval = measurement.timing?.interval else { return true }
    return interval.low >= 0 && interval.low <= interval.median
      && interval.median <= interval.high && interval.high.isFinite
  }
}

/// Which measurements are meant; fields that are nil do not restrict.
package struct StoreSelection: Hashable, Sendable {
  /// The beginning of a stage's content key.
  package var stagePrefix: String?
  package var backend: String?
  package var status: StageMeasurement.Status?
  package var olderThan: Date?
  /// At most so many.
  package var limit: Int?

  /// Sorts after every letter that content keys are made of.
  static let afterAnyKey = "~"

  package init(
    stagePrefix: String? = nil, backend: String? = nil,
    status: StageMeasurement.Status? = nil, olderThan: Date? = nil, limit: Int? = nil
  ) {
    self.stagePrefix = stagePrefix
    self.backend = backend
    self.status = status
    self.olderThan = olderThan
    self.limit = limit
  }
}

extension StoredMeasurement {
  private init(row: Row) throws {
    self.init(
      key: MeasurementKey(stage: row["stage"], context: ContextRow(row: row).value),
      measurement: try MeasurementRow(row: row).measurement(),
      date: Date(timeIntervalSince1970: row["date"]))
  }

  /// Newest first.
  static func fetch(_ database: Database, _ selection: StoreSelection) throws -> [Self] {
    let filter = StoreFilter(selection)
    return try Row.fetchAll(
      database,
      sql: "\(filter.query("measurement.*, context.*")) ORDER BY date DESC \(filter.limit)",
      arguments: filter.arguments
    ).map(Self.init(row:))
  }

  /// Oldest first, one after the other: a store may be larger than the memory.
  static func forEach(
    _ database: Database, _ selection: StoreSelection, _ body: (Self) throws -> Void
  ) throws {
    let filter = StoreFilter(selection)
    let rows = try Row.fetchCursor(
      database,
      sql: "\(filter.query("measurement.*, context.*")) ORDER BY date ASC \(filter.limit)",
      arguments: filter.arguments)
    while let row = try rows.next() { try body(Self(row: row)) }
  }

  static func count(_ database: Database, _ selection: StoreSelection) throws -> Int {
    let filter = StoreFilter(selection)
    return try Int.fetchOne(
      database, sql: filter.query("count(*)"), arguments: filter.arguments) ?? 0
  }

  /// The oldest first where there is a limit.
  static func delete(_ database: Database, _ selection: StoreSelection) throws -> Int {
    let filter = StoreFilter(selection)
    try database.execute(
      sql: """
        DELETE FROM measurement WHERE (stage, context) IN (
          SELECT stage, context FROM measurement
          JOIN context ON context.id = measurement.context
          WHERE \(filter.condition) ORDER BY date ASC \(filter.limit))
        """, arguments: filter.arguments)
    return database.changesCount
  }
}

/// A selection in SQL.
struct StoreFilter {
  var condition = "1"
  var arguments = StatementArguments()
  var limit = ""

  /// The same of figures that are not of one stage; nil where the selection can mean no such ones.
  init?(ofFigures selection: StoreSelection) {
    guard
      selection.stagePrefix == nil, selection.status == nil, selection.limit == nil
    else { return nil }
    self.init(selection)
  }

  func query(_ columns: String) -> String {
    """
    SELECT \(columns) FROM measurement JOIN context ON context.id = measurement.context
    WHERE \(condition)
    """
  }

  init(_ selection: StoreSelection) {
    var conditions: [String] = []
    func add(_ condition: String, _ values: [(any DatabaseValueConvertible)?]) {
      conditions.append(condition)
      arguments += StatementArguments(values)
    }
    if let prefix = selection.stagePrefix {
      add("stage >= ? AND stage < ?", [prefix, prefix + StoreSelection.afterAnyKey])
    }
    if let backend = selection.backend { add("backend = ?", [backend]) }
    if let status = selection.status { add("status = ?", [status.rawValue]) }
    if let date = selection.olderThan { add("date < ?", [date.timeIntervalSince1970]) }
    if !conditions.isEmpty { condition = conditions.joined(separator: " AND ") }
    if let limit = selection.limit { self.limit = "LIMIT \(max(0, limit))" }
  }
}
