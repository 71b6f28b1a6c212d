package import Foundation

/// Files below `Tests/Data`: outputs of foreign tools that tests read as they were printed.
package enum TestData {
  /// The text of a file, by its path below `Tests/Data`.
  package static func text(_ path: String) throws -> String {
    try String(contentsOf: url(path), encoding: .utf8)
  }

  /// The bytes of a file, by its path below `Tests/Data`.
  package static func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: url(path)))
  }

  /// Where a file is, by its path below `Tests/Data`.
  package static func url(_ path: String) -> URL {
    URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Data").appendingPathComponent(path)
  }
}
