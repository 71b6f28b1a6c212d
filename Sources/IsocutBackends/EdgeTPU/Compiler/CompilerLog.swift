import Foundation

/// The operator table that the compiler writes beside each compiled file.
package struct CompilerLog: Hashable, Sendable {
  /// Operators of one kind that met the same fate; a kind may have several rows.
  package struct Row: Hashable, Sendable {
    package var kind: String
    package var count: Int
    /// The compiler's words, such as `Mapped to Edge TPU`.
    package var status: String

    package var isMapped: Bool { status == "Mapped to Edge TPU" }
  }

  /// In no order: the compiler's own changes from run to run.
  package var rows: [Row]

  /// - Parameter text: the file; lines that are no rows are skipped.
  package init(parsing text: String) {
    rows = text.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
      guard words.count == 3, let count = Int(words[1]) else { return nil }
      return Row(kind: String(words[0]), count: count, status: String(words[2].trimmed))
    }
  }

  init(readingFile path: String) throws {
    self.init(parsing: try String(contentsOfFile: path, encoding: .utf8))
  }

  /// Why operators run on the CPU, one phrase a reason; nil where all run on the device.
  package var reasonsForCPU: String? {
    let rest = rows.filter { !$0.isMapped }.sorted { ($0.kind, $0.status) < ($1.kind, $1.status) }
    guard !rest.isEmpty else { return nil }
    return rest.map { "\($0.count) \($0.kind) (\($0.status))" }.joined(separator: ", ")
  }
}
