import Foundation
import Glibc
import IsocutGraph

/// A private folder for the files of one request, removed with its owner.
///
/// A process that is killed cannot remove anything. Its parent does, by the process id in the name;
/// where both are gone, the folder is no longer locked, and the next one made removes it.
final class WorkFolder {
  private static let prefix = "isocut-work-"

  let path: String
  private let lock: Int32

  init() throws {
    let parent = FileManager.default.temporaryDirectory.path
    Self.sweep(parent)
    var template = Array("\(parent)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw IsocutError(
        .cannotCreate,
        "cannot make a folder for stage files in \(parent): \(String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    _ = flock(lock, LOCK_EX | LOCK_NB)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
    if lock >= 0 { close(lock) }
  }

  /// Removes what a process on this machine left that is known to have ended.
  static func removeAll(ofProcess process: Int32) {
    let parent = FileManager.default.temporaryDirectory.path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix("\(prefix)\(process)-") {
      try? FileManager.default.removeItem(atPath: "\(parent)/\(name)")
    }
  }

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
  func write(_ data: Data, as name: String) throws -> String {
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
