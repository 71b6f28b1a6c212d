import Foundation
import GRDB
import Glibc
import IsocutGraph
import IsocutWorker

/// A store that was found damaged.
struct DamagedStore {
  let path: String

  /// Moves the file and its log out of the way, keeping both for whoever wants to mend them.
  ///
  /// Several processes may find the damage at the same time: one after the other they look again, and
  /// what has been replaced meanwhile is left alone.
  ///
  /// - Returns: where it is now; nil where another process was quicker.
  /// - Throws: `IsocutError` `.cannotCreate` where it cannot be moved.
  func setAside() throws -> String? {
    let lock = Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { if lock >= 0 { close(lock) } }
    if lock >= 0 { flock(lock, LOCK_EX) }
    guard isDamaged else { return nil }
    for number in 1...1000 {
      let aside = "\(path).damaged-\(number)"
      // Never onto a file that is there, also where the lock could not be had.
      guard link(path, aside) == 0 else {
        if errno == EEXIST { continue }
        throw IsocutError(
          .cannotCreate,
          "the profile store \(path) is damaged and cannot be moved to \(aside): "
            + SystemError.last.description)
      }
      unlink(path)
      for suffix in ["-wal", "-shm"] { rename(path + suffix, aside + suffix) }
      return aside
    }
    throw IsocutError(
      .cannotCreate, "the profile store \(path) is damaged; remove its \(path).damaged-… files")
  }

  /// Whether the file is damaged now. A file that is gone is not.
  private var isDamaged: Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(StoreFile.busySeconds)
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      return try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") } != "ok"
    } catch let error as DatabaseError {
      return error.saysDamaged
    } catch {
      return false
    }
  }
}
