import Foundation
import IsocutGraph

/// Folders of results that took long to make, each under a name that says what it was made from.
struct CacheFolders: Sendable {
  let folder: String

  /// Whether a command may write there; where it may not, it works without a cache.
  var canBeWritten: Bool {
    let files = FileManager.default
    try? files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return files.isWritableFile(atPath: folder)
  }

  func place(of name: String) -> String { "\(folder)/\(name)" }

  /// Says that a folder is in use.
  func touch(_ place: String) {
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: place)
  }

  /// An empty folder to fill, beside the others; whoever asks for it removes it.
  ///
  /// - Throws: `IsocutError` `.cannotCreate`.
  func makePart() throws -> String {
    let part = "\(folder)/.part-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: true)
    } catch {
      throw IsocutError(
        .cannotCreate,
        "cannot write the cache folder \(folder); set XDG_CACHE_HOME to one that can be written",
        cause: error)
    }
    return part
  }

  /// Gives a filled folder its name, unless another process was quicker.
  ///
  /// - Parameter isWhole: whether the folder under that name can be used.
  func keep(_ part: String, as name: String, isWhole: (String) -> Bool) {
    let place = place(of: name)
    guard !isWhole(place) else { return }
    try? FileManager.default.removeItem(atPath: place)
    try? FileManager.default.moveItem(atPath: part, toPath: place)
  }

  /// Removes what was not used for longest until the rest is below a size.
  ///
  /// - Returns: how many folders were removed.
  func prune(toBytes limit: Int) -> Int { CacheFolder.prune(folder, toBytes: limit) }
}
