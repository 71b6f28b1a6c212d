import Foundation
public import Testing

/// Compares `text` with `Tests/Snapshots/NAME.txt`, which holds what a reviewer has approved.
///
/// A snapshot that does not exist is written and fails the test, so that a new one is looked at
/// before it is committed. With `ISOCUT_RECORD=1` in the environment every snapshot that differs is
/// written anew. Whatever changes between runs (times, paths) is to be replaced by the caller.
public func expectSnapshot(
  _ text: String, named name: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Snapshots")
  let file = folder.appendingPathComponent(name + ".txt")
  let actual = text.hasSuffix("\n") ? text : text + "\n"
  let expected = try? String(contentsOf: file, encoding: .utf8)
  if actual == expected { return }

  let records = ProcessInfo.processInfo.environment["ISOCUT_RECORD"] == "1"
  if expected == nil || records {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try actual.write(to: file, atomically: true, encoding: .utf8)
    } catch {
      Issue.record(error, sourceLocation: sourceLocation)
    }
    if records { return }
    Issue.record(
      "snapshot \(name) did not exist; it was written now: read it, commit it",
      sourceLocation: sourceLocation)
  } else if let expected {
    Issue.record(
      """
      snapshot \(name) differs (ISOCUT_RECORD=1 accepts the new text); \
      \(firstDifference(expected, actual))
      """,
      sourceLocation: sourceLocation)
  }
}

private func firstDifference(_ expected: String, _ actual: String) -> String {
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(old, new).prefix { $0 == $1 }.count
  func shown(_ lines: [Substring]) -> String {
    line < lines.count ? String(lines[line]) : "<end>"
  }
  return "line \(line + 1):\n  expected: \(shown(old))\n  actual:   \(shown(new))"
}
