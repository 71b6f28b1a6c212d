package import IsocutGraph

/// The forms in which a result can be written (`--format`, or the suffix of `--report FILE`).
package enum ReportFormat: String, CaseIterable, Sendable {
  case table, json, csv, markdown

  /// The format that a file's suffix asks for: `.json`, `.csv`, `.md` or `.markdown`, `.txt`.
  ///
  /// - Throws: `IsocutError` `.usage` for any other suffix.
  package init(forFile path: String) throws(IsocutError) {
    let name = path.split(separator: "/").last ?? ""
    let suffix = name.contains(".") ? name.split(separator: ".").last?.lowercased() : nil
    switch suffix {
    case "json": self = .json
    case "csv": self = .csv
    case "md", "markdown": self = .markdown
    case "txt": self = .table
    default:
      throw IsocutError(
        .usage,
        "the report \(path) has no suffix that names a format: use .txt, .json, .csv or .md")
    }
  }
}
