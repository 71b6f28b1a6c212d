import Foundation

/// Files under `/proc` and `/sys`.
enum SystemFile {
  /// The content without white space around it; nil where it cannot be read.
  static func line(_ path: String) -> String? {
    text(path)?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// They have no length: read until the end.
  static func text(_ path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    return (try? file.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
  }
}
