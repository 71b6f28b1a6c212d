package import Foundation
import GRDB
import IsocutGraph
import IsocutWorker

/// The measurements that were paid for, in one SQLite file that several processes may use at once.
///
/// Each result is one transaction: it is there, whole, the moment `save` returns, also when the
/// process is killed then.
package final class ProfileStore: Sendable {
  package let path: String
  /// What happened at opening that the user should know, such as a damaged file set aside.
  package let notices: [String]
  private let database: DatabasePool

  /// Opens the store, or makes it.
  ///
  /// - Parameters:
  ///   - path: nil takes `isocut/profile.sqlite` in the user's cache folder.
  ///   - maximumBytes: a store that is larger loses its oldest measurements now.
  /// - Throws: `IsocutError` `.cannotCreate` where the file cannot be made or written, `.badData`
  ///   where a newer isocut made it.
  package init(path: String? = nil, maximumBytes: Int = 1 << 30) throws {
    let path = path ?? StoreFile.defaultPath
    let file = try StoreFile.open(path)
    database = file.pool
    self.path = path
    notices = try file.notices + Self.makeRoom(database, path, maximumBytes)
  }

  /// Says that a file is missing that a command only wants to look into.
  ///
  /// - Throws: `IsocutError` `.missingInput`.
  package static func requireFile(_ path: String?) throws {
    let path = path ?? StoreFile.defaultPath
    guard !FileManager.default.fileExists(atPath: path) else { return }
    throw IsocutError(
      .missingInput, "there is no profile store \(path); isocut partition makes one as it measures")
  }

  private static func makeRoom(
    _ database: DatabasePool, _ path: String, _ maximumBytes: Int
  ) throws -> [String] {
    guard try usedBytes(database, path) > maximumBytes else { return [] }
    let removed = try removeOldest(database, path, toBytes: maximumBytes / 10 * 9)
    return ["the profile store \(path) was full; its \(removed) oldest results were removed"]
  }

  /// The stored measurement of exactly this key.
  ///
  /// - Throws: `IsocutError` `.inputOutput` where the file cannot be read.
  package func measurement(for key: MeasurementKey) throws -> StageMeasurement? {
    try reading { database in
      guard
        let row = try MeasurementRow.find(key, in: database)
      else { return nil }
      return try row.measurement()
    }
  }

  /// Keeps a measurement; an older one of the same key is replaced.
  ///
  /// - Throws: `IsocutError` `.inputOutput` where it cannot be written (74).
  package func save(_ measurement: StageMeasurement, for key: MeasurementKey) throws {
    try save([StoredMeasurement(key: key, measurement: measurement, date: Date())])
  }

  /// Keeps several in one transaction, with the dates they have.
  package func save(_ measurements: [StoredMeasurement]) throws {
    try writing { database in
      var contexts = ContextCache()
      for stored in measurements {
        _ = try contexts.row(of: stored, in: database).upsert(database, keepsNewer: false)
      }
    }
  }

  /// Figures that `save` kept for exactly this key; nil also where they have another form, as those of
  /// another version may.
  package func figures<Figures: Decodable>(
    for key: FiguresKey, as type: Figures.Type
  ) throws -> Figures? {
    let content = try reading { try StoredFigures.content(of: key, in: $0) }
    return content.flatMap { try? WorkerCoding.decode(type, from: Data($0.utf8)) }
  }

  /// Keeps figures that are not of one stage alone; older ones of the same key are replaced.
  package func save(_ figures: some Encodable, for key: FiguresKey) throws {
    let content = String(decoding: try WorkerCoding.encode(figures), as: UTF8.self)
    _ = try writing {
      try StoredFigures(key: key, content: content, date: Date()).upsert($0, keepsNewer: false)
    }
  }

  /// How many figures there are that are not of one stage alone.
  package func figuresCount() throws -> Int { try reading(StoredFigures.count) }

  /// How many measurements there are, by status.
  package func counts() throws -> [StageMeasurement.Status: Int] {
    try reading { database in
      var counts: [StageMeasurement.Status: Int] = [:]
      for row in try Row.fetchAll(
        database, sql: "SELECT status, count(*) AS n FROM measurement GROUP BY status")
      {
        if let status = StageMeasurement.Status(rawValue: row["status"]) {
          counts[status] = row["n"]
        }
      }
      return counts
    }
  }

  /// How many measurements match.
  package func count(_ selection: StoreSelection = StoreSelection()) throws -> Int {
    try reading { try StoredMeasurement.count($0, selection) }
  }

  /// The content keys of different stages that begin so, in order.
  package func stages(withPrefix prefix: String, limit: Int) throws -> [String] {
    try reading { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT stage FROM measurement WHERE stage >= ? AND stage < ? ORDER BY stage
          LIMIT ?
          """, arguments: [prefix, prefix + StoreSelection.afterAnyKey, limit])
    }
  }

  /// Measurements that match, newest first.
  package func list(_ selection: StoreSelection = StoreSelection()) throws -> [StoredMeasurement] {
    try reading { database in
      try StoredMeasurement.fetch(database, selection)
    }
  }

  /// Removes measurements that match, and other figures unless the selection is about stages; a limit
  /// removes the oldest first.
  ///
  /// - Returns: how many were removed.
  package func prune(_ selection: StoreSelection) throws -> Int {
    let removed = try writing { database in
      let removed =
        try StoredMeasurement.delete(database, selection)
        + StoredFigures.delete(database, selection)
      try ContextRow.removeUnused(database)
      return removed
    }
    if removed > 0 { try compact() }
    return removed
  }

  /// Removes the oldest measurements until the file is below a size.
  ///
  /// - Returns: how many were removed.
  package func prune(toBytes limit: Int) throws -> Int {
    let removed = try Self.removeOldest(database, path, toBytes: limit)
    if removed > 0 { try compact() }
    return removed
  }

  private static func removeOldest(
    _ database: DatabasePool, _ path: String, toBytes limit: Int
  ) throws -> Int {
    var removed = 0
    while try usedBytes(database, path) > limit {
      let step = try writing(database, path) { database in
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM measurement") ?? 0
        let removed = try StoredMeasurement.delete(
          database, StoreSelection(limit: max(1, count / 10)))
        // Other figures go with the stages of their time.
        let oldest = try Double.fetchOne(database, sql: "SELECT min(date) FROM measurement")
        let others = try StoredFigures.delete(
          database, StoreSelection(olderThan: oldest.map(Date.init(timeIntervalSince1970:))))
        try ContextRow.removeUnused(database)
        return removed + others
      }
      guard step > 0 else { break }
      removed += step
    }
    return removed
  }

  /// Bytes of the pages that hold something.
  package func usedBytes() throws -> Int { try Self.usedBytes(database, path) }

  private static func usedBytes(_ database: DatabasePool, _ path: String) throws -> Int {
    try reading(database, path) { database in
      let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
      return size * (pages - free)
    }
  }

  /// Measurements that match, and other figures unless the selection is about stages, as lines of
  /// JSON, oldest first: for another machine or a bug report.
  ///
  /// - Returns: how many were written.
  package func export(
    _ selection: StoreSelection = StoreSelection(), to write: (Data) throws -> Void
  ) throws -> Int {
    try reading { database in
      var count = 0
      try StoredMeasurement.forEach(database, selection) { stored in
        try write(StoreLine.measurement(stored).encoded())
        count += 1
      }
      try StoredFigures.forEach(database, selection) { stored in
        try write(StoreLine.figures(stored).encoded())
        count += 1
      }
      return count
    }
  }

  /// What an import found and took.
  package struct Imported: Hashable, Sendable {
    package var read: Int
    package var taken: Int
  }

  /// Reads what `export` wrote; where a measurement of the same key is there, the newer one stays.
  ///
  /// - Throws: `IsocutError` `.badData` naming the line that is none; nothing is taken then.
  package func importLines(_ data: Data) throws -> Imported {
    try importLines(ExportedLines(data))
  }

  /// What `export` wrote, read and found right before any store is opened for it.
  package struct ExportedLines {
    fileprivate let lines: [StoreLine]

    /// - Throws: `IsocutError` `.badData` naming the line that is none.
    package init(_ data: Data) throws { lines = try StoreLine.decodeAll(data) }
  }

  package func importLines(_ exported: ExportedLines) throws -> Imported {
    let lines = exported.lines
    let taken = try writing { database in
      var contexts = ContextCache()
      return try lines.count { line in
        switch line {
        case .measurement(let stored):
          try contexts.row(of: stored, in: database).upsert(database, keepsNewer: true)
        case .figures(let stored): try stored.upsert(database, keepsNewer: true)
        }
      }
    }
    return Imported(read: lines.count, taken: taken)
  }

  private func compact() throws {
    do {
      try database.vacuum()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      // Another process is at work; the free pages are used by the next results.
    } catch {
      throw StoreFile.failure(error, path)
    }
  }

  private func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.reading(database, path, body)
  }

  private func writing<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.writing(database, path, body)
  }

  private static func reading<Value>(
    _ pool: DatabasePool, _ path: String, _ body: (Database) throws -> Value
  ) throws -> Value {
    do { return try pool.read(body) } catch { throw StoreFile.failure(error, path) }
  }

  /// One transaction that holds the write lock from its beginning, so that it never has to give up
  /// half-way because another process wrote in between.
  private static func writing<Value>(
    _ pool: DatabasePool, _ path: String, _ body: (Database) throws -> Value
  ) throws -> Value {
    do {
      return try pool.writeWithoutTransaction { database in
        var value: Value?
        try database.inTransaction(.immediate) {
          value = try body(database)
          return .commit
        }
        guard let value else {
          throw IsocutError(.internalError, "a transaction of the store ended without a result")
        }
        return value
      }
    } catch { throw StoreFile.failure(error, path) }
  }
}

/// Numbers of contexts that one transaction has looked up.
private struct ContextCache {
  private var identifiers: [MeasurementKey.Context: Int64] = [:]

  mutating func row(
    of stored: StoredMeasurement, in database: Database
  ) throws -> MeasurementRow {
    let context = stored.key.context
    let identifier =
      try identifiers[context] ?? ContextRow.identifier(of: context, in: database)
    identifiers[context] = identifier
    return try MeasurementRow(stored, context: identifier)
  }
}
