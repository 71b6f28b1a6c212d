import Foundation
import IsocutGraph
import Synchronization

/// A folder that appears whole or not at all: written under a temporary name beside its place, then
/// moved there.
public struct OutputFolder: Sendable {
  /// Where the folder will be.
  public let destination: String
  /// Where its files are written until `commit`.
  public let workingFolder: String
  /// As the user wrote it.
  private let given: String
  private let overwrites: Bool
  private let marker: String
  /// Folders above it that were made for it, the outermost first.
  private let madeParents: [String]
  /// Those of this process that are neither committed nor abandoned.
  private static let open = Mutex<[String: OutputFolder]>([:])

  /// Claims the place before any work is done for it.
  ///
  /// - Parameters:
  ///   - overwrites: replace what is there. A folder is only replaced when it holds `marker` or
  ///     nothing, so that a mistyped path does not cost a user's files.
  ///   - marker: the file that a folder of this kind holds.
  /// - Throws: `IsocutError` `.cannotCreate`.
  public init(creating destination: String, overwrites: Bool, marker: String) throws {
    var path = destination
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    let url = URL(fileURLWithPath: path).standardizedFileURL
    self.destination = url.path
    given = destination
    self.overwrites = overwrites
    self.marker = marker
    let name = url.lastPathComponent
    guard name.utf8.count <= Self.longestName else {
      throw IsocutError(
        .cannotCreate,
        "the name of the output has \(name.utf8.count) bytes, and may have \(Self.longestName); give a shorter --output"
      )
    }
    try Self.checkPlace(url.path, named: destination, overwrites: overwrites, marker: marker)
    let files = FileManager.default
    let parent = url.deletingLastPathComponent().path
    let prefix = Self.hiddenPrefix(for: name)
    Self.removeLeftovers(in: parent, prefix: prefix)
    workingFolder = parent + "/" + prefix + String(ProcessInfo.processInfo.processIdentifier)
    madeParents = Self.missingFolders(upTo: parent)
    do {
      try files.createDirectory(atPath: workingFolder, withIntermediateDirectories: true)
    } catch {
      removeParents()
      throw IsocutError(cannotCreate: "cannot create a folder in \(parent)", cause: error)
    }
    Self.open.withLock { $0[workingFolder] = self }
  }

  /// In bytes, on Linux's file systems.
  private static let longestName = 255

  /// Looks whether a folder may be put at a path.
  ///
  /// - Returns: whether it takes another one's place.
  @discardableResult
  private static func checkPlace(
    _ path: String, named name: String, overwrites: Bool, marker: String
  ) throws -> Bool {
    let files = FileManager.default
    guard files.fileExists(atPath: path) else { return false }
    guard overwrites else {
      throw IsocutError(
        .cannotCreate, "\(name) exists; give another --output, or --overwrite to replace it")
    }
    let content = try? files.contentsOfDirectory(atPath: path)
    guard let content, content.isEmpty || content.contains(marker) else {
      throw IsocutError(
        .cannotCreate,
        "\(name) is not a folder that isocut wrote (it has no \(marker)), so it is not replaced")
    }
    return true
  }

  /// Moves the finished folder to its place. Another command may have put something there meanwhile,
  /// or have removed what was there.
  ///
  /// - Throws: `IsocutError` `.cannotCreate`; what was written is gone then.
  public func commit() throws {
    let files = FileManager.default
    do {
      if try Self.checkPlace(
        destination, named: given, overwrites: overwrites, marker: marker)
      {
        let old = workingFolder + ".old"
        try files.moveItem(atPath: destination, toPath: old)
        do {
          try files.moveItem(atPath: workingFolder, toPath: destination)
        } catch {
          try? files.moveItem(atPath: old, toPath: destination)
          throw error
        }
        try? files.removeItem(atPath: old)
      } else {
        try files.moveItem(atPath: workingFolder, toPath: destination)
      }
      close()
    } catch let error as IsocutError {
      abandon()
      throw error
    } catch {
      abandon()
      throw IsocutError(cannotCreate: "cannot move the result to \(destination)", cause: error)
    }
  }

  /// Removes everything that was written, and the folders made above it. Does nothing after `commit`.
  public func abandon() {
    guard close() else { return }
    try? FileManager.default.removeItem(atPath: workingFolder)
    removeParents()
  }

  /// Abandons all of this process, which is about to end at once.
  public static func abandonAll() {
    for folder in open.withLock({ Array($0.values) }) { folder.abandon() }
  }

  /// Returns false where that happened before.
  @discardableResult private func close() -> Bool {
    Self.open.withLock { $0.removeValue(forKey: workingFolder) != nil }
  }

  /// Only what is empty: another command may use them by now.
  private func removeParents() {
    for folder in madeParents.reversed() { rmdir(folder) }
  }

  /// How the temporary name begins. A name that leaves no room for the rest of it within the 255
  /// bytes a name may have stands there by its hash.
  private static func hiddenPrefix(for name: String) -> String {
    let shown = name.utf8.count <= 200 ? name : FileHash.sha256(of: Data(name.utf8))
    return ".\(shown).part-"
  }

  private static func missingFolders(upTo folder: String) -> [String] {
    var missing: [String] = []
    var folder = folder
    while folder.count > 1, !FileManager.default.fileExists(atPath: folder) {
      missing.insert(folder, at: 0)
      folder = (folder as NSString).deletingLastPathComponent
    }
    return missing
  }

  /// Keeps what was written as `destination.failed`, for whoever looks for the cause. Replaces only
  /// what was kept before.
  ///
  /// - Returns: the folder's path, or nil where it could not be kept.
  public func keepAsFailed() -> String? {
    let failed = destination + ".failed"
    do {
      if try Self.checkPlace(failed, named: failed, overwrites: true, marker: marker) {
        try FileManager.default.removeItem(atPath: failed)
      }
      try FileManager.default.moveItem(atPath: workingFolder, toPath: failed)
      close()
      return failed
    } catch {
      abandon()
      return nil
    }
  }

  /// Removes what an earlier process of the same name left when it was killed.
  private static func removeLeftovers(in parent: String, prefix: String) {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix)
    {
      let digits = name.dropFirst(prefix.count).prefix(while: \.isNumber)
      guard let process = Int32(digits), kill(process, 0) != 0, errno == ESRCH else { continue }
      try? files.removeItem(atPath: parent + "/" + name)
    }
  }
}
