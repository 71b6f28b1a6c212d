import Foundation
import GRDB
import Glibc
import IsocutGraph

/// The file behind the store: where it is, how it is opened, what is done about damage.
enum StoreFile {
  /// Rises when an older isocut would misread the file.
  static let schemaVersion = 2

  /// `isocut/profile.sqlite` in the user's cache folder (XDG Base Directory Specification 0.8).
  static var defaultPath: String { CacheFolder.path + "/profile.sqlite" }

  static func open(_ path: String) throws -> (pool: DatabasePool, notices: [String]) {
    try makeFolder(of: path)
    try refuseForeignFile(path)
    do {
      return (try pool(path), [])
    } catch let error as DatabaseError where error.saysDamaged {
      let moved = try DamagedStore(path: path).setAside().map { aside in
        """
        the profile store \(path) is damaged (\(error.message ?? "no reason given")); it was moved \
        to \(aside) and a new one was begun, so earlier measurements are made again
        """
      }
      do {
        return (try pool(path), moved.map { [$0] } ?? [])
      } catch { throw failure(error, path) }
    } catch {
      throw failure(error, path)
    }
  }

  /// A mistyped path must not cost a model or a document: only a file whose name says that it is a
  /// store is ever taken for a damaged one. SQLite is not asked, because it may write.
  private static func refuseForeignFile(_ path: String) throws {
    guard !["sqlite", "sqlite3", "db"].contains(URL(fileURLWithPath: path).pathExtension),
      let values = try? FileManager.default.attributesOfItem(
        atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path),
      values[.type] as? FileAttributeType == .typeRegular,
      let file = FileHandle(forReadingAtPath: path)
    else { return }
    defer { try? file.close() }
    // SQLite file format, section 1.3. An empty file is an empty database.
    let header = Data("SQLite format 3\0".utf8)
    guard let found = try? file.read(upToCount: header.count), !found.isEmpty, found != header
    else { return }
    throw IsocutError(.badData, "\(path) is no profile store; name another file with --store")
  }

  /// Several processes may begin a store at the same moment: the change to the write-ahead log does
  /// not wait for others by itself.
  private static func pool(_ path: String) throws -> DatabasePool {
    let deadline = ContinuousClock.now + .seconds(busySeconds)
    while true {
      do {
        return try openedPool(path)
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
      {
        usleep(10_000)
      }
    }
  }

  /// How long to wait for other processes that use the file.
  static let busySeconds = 30.0

  private static func openedPool(_ path: String) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.busyMode = .timeout(busySeconds)
    configuration.maximumReaderCount = 2
    configuration.prepareDatabase { database in
      // With a write-ahead log this loses nothing when a process is killed, and at a power cut at
      // most the last results, never the file.
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    let pool = try DatabasePool(path: path, configuration: configuration)
    try migrate(pool, path)
    return pool
  }

  private static func migrate(_ pool: DatabasePool, _ path: String) throws {
    let (found, tables) = try pool.read { database in
      (
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
        try Set(
          String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'"))
      )
    }
    guard found == 0 ? tables.isEmpty : found > 0 && tables.contains("measurement") else {
      throw IsocutError(
        .badData,
        "\(path) is a database of another program and no profile store; give another file with --store"
      )
    }
    guard found != schemaVersion else { return }
    guard found < schemaVersion else {
      throw IsocutError(
        .badData,
        """
        the profile store \(path) has schema version \(found), this isocut knows \(schemaVersion); \
        use the newer isocut, or another file with --store
        """)
    }
    try pool.writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        // Another process may have been quicker.
        let now = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if now < 1 { try createFirstSchema(database) }
        if now < 2 { try addFigures(database) }
        return .commit
      }
    }
  }

  private static func createFirstSchema(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE context (
          id INTEGER PRIMARY KEY,
          backend TEXT NOT NULL,
          backend_version TEXT NOT NULL,
          device TEXT NOT NULL,
          options TEXT NOT NULL,
          machine TEXT NOT NULL,
          UNIQUE (backend, backend_version, device, options, machine)
        ) STRICT;
        CREATE TABLE measurement (
          stage TEXT NOT NULL,
          context INTEGER NOT NULL REFERENCES context (id),
          date REAL NOT NULL,
          status TEXT NOT NULL,
          reason TEXT,
          timing TEXT,
          samples BLOB,
          PRIMARY KEY (stage, context)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX measurement_date ON measurement (date);
        PRAGMA user_version = 1;
        """)
  }

  private static func addFigures(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE figures (
          kind TEXT NOT NULL,
          subject TEXT NOT NULL,
          context INTEGER NOT NULL REFERENCES context (id),
          date REAL NOT NULL,
          content TEXT NOT NULL,
          PRIMARY KEY (kind, subject, context)
        ) STRICT, WITHOUT ROWID;
        PRAGMA user_version = 2;
        """)
  }

  private static func makeFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw IsocutError(
        cannotCreate: """
          cannot make the folder \(folder) for the profile store; give another file with --store, or \
          --no-store
          """, cause: error)
    }
  }

  static func failure(_ error: any Error, _ path: String) -> IsocutError {
    if let error = error as? IsocutError { return error }
    guard let error = error as? DatabaseError else {
      return IsocutError(.inputOutput, "cannot use the profile store \(path)", cause: error)
    }
    let remedy = "free space or give another file with --store, or --no-store"
    switch error.resultCode {
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
      return IsocutError(
        .cannotCreate,
        "cannot write the profile store \(path) (\(error.message ?? "no reason given")); \(remedy)")
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      // Opening reads a few pages only, so that this is found out late.
      do {
        let moved = try DamagedStore(path: path).setAside().map { " was moved to \($0)" }
        return IsocutError(
          .badData,
          "the profile store \(path) is damaged and\(moved ?? " has been replaced"); the same command goes on with a new one",
          cause: error)
      } catch { return failure(error, path) }
    default:
      return IsocutError(
        .inputOutput,
        "cannot use the profile store \(path) (\(error.message ?? "no reason given")); \(remedy)")
    }
  }
}

extension DatabaseError {
  /// Whether it says that the file itself is at fault.
  var saysDamaged: Bool { resultCode == .SQLITE_NOTADB || resultCode == .SQLITE_CORRUPT }
}
