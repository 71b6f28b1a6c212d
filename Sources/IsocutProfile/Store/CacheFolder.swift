import Foundation

/// The user's cache folder for isocut.
package enum CacheFolder {
  /// `$XDG_CACHE_HOME/isocut`, or `~/.cache/isocut` where that variable is not an absolute path.
  package static var path: String {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/isocut" }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (home ?? NSHomeDirectory()) + "/.cache/isocut"
  }

  /// An entry used so recently is never pruned: a command may be at work on it.
  private static let safeSeconds = 3600.0

  /// Removes the entries of a folder that were not used for longest until the rest is below a size,
  /// and what killed commands left. An entry is a folder of files; its date says when it was used.
  ///
  /// - Returns: how many entries were removed.
  package static func prune(_ folder: String, toBytes limit: Int) -> Int {
    let files = FileManager.default
    let now = Date()
    var entries: [(path: String, date: Date, bytes: Int)] = []
    for name in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      let date = (try? files.attributesOfItem(atPath: path))?[.modificationDate] as? Date ?? now
      guard now.timeIntervalSince(date) > safeSeconds else { continue }
      if name.hasPrefix("."), name.contains(".part-") {
        try? files.removeItem(atPath: path)
      } else {
        let content = (try? files.contentsOfDirectory(atPath: path)) ?? []
        entries.append(
          (path, date, content.reduce(0) { $0 + (bytes(ofFile: "\(path)/\($1)") ?? 0) }))
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
