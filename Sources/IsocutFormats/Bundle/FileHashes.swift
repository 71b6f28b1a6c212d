/// SHA-256 of files that do not change meanwhile, each read once.
package struct FileHashes: Sendable {
  private var known: [String: String] = [:]

  package init() {}

  /// - Throws: as `FileHash.sha256(ofFile:)`.
  package mutating func sha256(ofFile path: String) throws -> String {
    if let hash = known[path] { return hash }
    let hash = try FileHash.sha256(ofFile: path)
    known[path] = hash
    return hash
  }

  /// In the order of the paths.
  package mutating func sha256(ofFiles paths: [String]) throws -> [String] {
    try paths.map { try sha256(ofFile: $0) }
  }
}
