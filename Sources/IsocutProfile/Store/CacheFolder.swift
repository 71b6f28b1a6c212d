import Foundation
import IsocutGraph

/// A folder of results that took long to make, each in a folder of its own under a name that says
/// what it was made from.
package struct CacheFolder: Sendable {
  /// `$XDG_CACHE_HOME/isocut`, or `~/.cache/isocut` where that variable is not an absolute path.
  package static var path: String {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/isocut" }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (home ?? NSHomeDirectory()) + "/.cache/isocut"
  }

  /// A result used so recently is never pruned: a command may be at work on it.
  private static let safeSeconds = 3600.0

  package let folder: String

  package init(_ folder: String) { self.folder = folder }

  /// Whether a command may write there; where it may not, it works without a cache.
  var canBeWritten: Bool {
    let files = FileManager.default
    try? files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return files.isWritableFile(atPath: folder)
  }

  func place(of name: String) -> String { "\(folder)/\(name)" }

  /// Says that a folder is in use.
  package func touch(_ place: String) {
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
        cannotCreate:
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

  /// Removes the results that were not used for longest until the rest is below a size, and what
  /// killed commands left. The date of a result's folder says when it was used.
  ///
  /// - Returns: how many results were removed.
  @discardableResult package func prune(toBytes limit: Int) -> Int {
    let files = FileManager.default
    let now = Date()
    var entries: [(path: String, date: Date, bytes: Int)] = []
    for name in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      let date = (try? files.attributesOfItem(atPath: path))?[.modificationDate] as? Date ?? now
      guard now.timeIntervalSince(date) > Self.safeSeconds else { continue }
      if name.hasPrefix("."), name.contains(".part-") {
        try? files.removeItem(atPath: path)
      } else {
        let content = (try? files.contentsOfDirectory(atPath: path)) ?? []
        entries.append(
          (path, date, content.reduce(0) { $0 + (Self.bytes(ofFile: "\(path)/\($1)") ?? 0) }))
      }
    }
    entries.sort { $0.date < $1.date }
    var total = entries.reduce(0) { $0 + $1.bytes }
    var removed = 0
    for entry in entries where total > limit {
      try? files.removeItem(atPath: entry.path)
      total -= entry.bytes
      removed += 1
    }
    return removed
  }

  static func bytes(ofFile path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
  }
}
