package import Foundation
import GRDB
import IsocutGraph
import IsocutWorker

/// What stored figures belong to that are not those of one stage alone.
package struct FiguresKey: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable {
    /// Times of the operators of a prepared model (`FirstCosts`).
    case firstCosts = "first_costs"
    /// Windows of several stages, taken in turns or at the same time (`SeveralStages.Windows`).
    case severalStages = "several_stages"
    /// A program on Cloud AI 100 with one set size (`AICPoint`).
    case cloudAI100 = "cloud_ai_100"
    /// Why such a program cannot be compiled or run (`StoredToolFailure`).
    case cloudAI100Failure = "cloud_ai_100_failure"
  }

  package var kind: Kind
  /// SHA-256 of what was measured, lower-case hex.
  package var subject: String
  package var context: MeasurementKey.Context

  package init(kind: Kind, subject: String, context: MeasurementKey.Context) {
    self.kind = kind
    self.subject = subject
    self.context = context
  }
}

/// Such figures as the store has them.
package struct StoredFigures: Hashable, Sendable, Codable {
  package var key: FiguresKey
  /// JSON; what it holds is the kind's affair.
  package var content: String
  package var date: Date

  package init(key: FiguresKey, content: String, date: Date) {
    self.key = key
    self.content = content
    self.date = date
  }
}

extension StoredFigures {
  private init?(row: Row) {
    guard let kind = FiguresKey.Kind(rawValue: row["kind"]) else { return nil }
    self.init(
      key: FiguresKey(kind: kind, subject: row["subject"], context: ContextRow(row: row).value),
      content: row["content"], date: Date(timeIntervalSince1970: row["date"]))
  }

  static func content(of key: FiguresKey, in database: Database) throws -> String? {
    guard let context = try ContextRow.known(key.context, in: database) else { return nil }
    return try String.fetchOne(
      database,
      sql: "SELECT content FROM figures WHERE kind = ? AND subject = ? AND context = ?",
      arguments: [key.kind.rawValue, key.subject, context])
  }

  /// - Returns: false where newer figures were kept.
  func upsert(_ database: Database, keepsNewer: Bool) throws -> Bool {
    let context = try ContextRow.identifier(of: key.context, in: database)
    try database.execute(
      sql: """
        INSERT INTO figures (kind, subject, context, date, content) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (kind, subject, context) DO UPDATE SET date = excluded.date,
          content = excluded.content
        \(keepsNewer ? "WHERE excluded.date > figures.date" : "")
        """,
      arguments: [key.kind.rawValue, key.subject, context, date.timeIntervalSince1970, content])
    return database.changesCount > 0
  }

  /// Oldest first. A kind of a newer isocut is left out.
  static func forEach(
    _ database: Database, _ selection: StoreSelection, _ body: (Self) throws -> Void
  ) throws {
    guard let filter = StoreFilter(ofFigures: selection) else { return }
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT figures.*, context.* FROM figures JOIN context ON context.id = figures.context
        WHERE \(filter.condition) ORDER BY date ASC
        """, arguments: filter.arguments)
    while let row = try rows.next() {
      if let figures = Self(row: row) { try body(figures) }
    }
  }

  static func delete(_ database: Database, _ selection: StoreSelection) throws -> Int {
    guard let filter = StoreFilter(ofFigures: selection) else { return 0 }
    try database.execute(
      sql: """
        DELETE FROM figures WHERE (kind, subject, context) IN (
          SELECT kind, subject, context FROM figures
          JOIN context ON context.id = figures.context WHERE \(filter.condition))
        """, arguments: filter.arguments)
    return database.changesCount
  }

  static func count(_ database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "SELECT count(*) FROM figures") ?? 0
  }
}
