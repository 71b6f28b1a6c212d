package import Foundation
import Glibc
import IsocutGraph
import Synchronization

/// A private folder for the files of one request or one command, removed with its owner.
///
/// A process that is killed cannot remove anything. A worker's parent does, by the process id in the
/// name; where both are gone, the folder is no longer locked, and the next one made removes it.
package final class WorkFolder: Sendable {
  private static let prefix = "isocut-work-"
  /// The folders of this process, for one that ends without unwinding.
  private static let living = Mutex<Set<String>>([])

  package let path: String
  private let lock: Int32

  /// - Throws: `IsocutError` `.cannotCreate` where the system's temporary folder takes none.
  package init() throws {
    let parent = Self.parent
    Self.sweep(parent)
    var template = Array("\(parent)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw IsocutError(
        .cannotCreate,
        """
        cannot make a temporary folder in \(parent): \(SystemError.last); set TMPDIR to a \
        folder that can be written
        """)
    }
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    self.path = path
    lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    _ = flock(lock, LOCK_EX | LOCK_NB)
    Self.living.withLock { _ = $0.insert(path) }
  }

  deinit {
    remove()
    if lock >= 0 { close(lock) }
  }

  /// Removes the folder before the end of its owner's life.
  package func remove() {
    guard Self.living.withLock({ $0.remove(path) }) != nil else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Removes all folders of this process, which is about to end at once.
  package static func removeAll() {
    let paths = living.withLock { living in
      defer { living = [] }
      return living
    }
    for path in paths { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Removes what a process on this machine left that is known to have ended.
  package static func removeAll(ofProcess process: Int32) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix("\(prefix)\(process)-") {
      try? FileManager.default.removeItem(atPath: "\(parent)/\(name)")
    }
  }

  /// The system's temporary folder, without a slash at its end.
  private static var parent: String { FileManager.default.temporaryDirectory.path }

  /// Removes the folders of processes that were killed. One made a moment ago may not be locked yet
  /// and is left alone.
  private static func sweep(_ parent: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let path = "\(parent)/\(name)"
      let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard folder >= 0 else { continue }
      defer { close(folder) }
      var status = stat()
      guard fstat(folder, &status) == 0, status.st_uid == getuid(),
        time(nil) - status.st_ctim.tv_sec > 10, flock(folder, LOCK_EX | LOCK_NB) == 0
      else { continue }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Writes a file of that name.
  ///
  /// - Throws: `IsocutError` `.badData` for a name that is not a plain file name, `.inputOutput`
  ///   where it cannot be written.
  package func write(_ data: Data, as name: String) throws -> String {
    guard !name.isEmpty, name != ".", name != "..", !name.contains("/") else {
      throw IsocutError(.badData, "\"\(name)\" is no name for a stage file")
    }
    let file = "\(path)/\(name)"
    do {
      try data.write(to: URL(fileURLWithPath: file))
    } catch {
      throw IsocutError(.inputOutput, "cannot write the stage file \(file)", cause: error)
    }
    return file
  }
}
