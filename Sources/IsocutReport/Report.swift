/// The result of one command in every form it can be asked for.
package struct Report: Sendable {
  /// For people, and the first of them for CSV, which holds one table.
  package var tables: [Table]
  /// Sentences under the tables: what to know about the figures, what to do next.
  package var notes: [String]
  /// The whole result for scripts.
  package var json: JSONValue

  package init(tables: [Table], notes: [String] = [], json: JSONValue) {
    self.tables = tables
    self.notes = notes
    self.json = json
  }

  /// A result of this machine as it is now: the summary is the last note, and the head of the JSON.
  ///
  /// - Parameter members: the result's own members of the JSON object.
  package init(
    tables: [Table], notes: [String] = [], summary: EnvironmentSummary, members: JSONValue
  ) {
    var head = summary.head
    if case .object(let own) = members { head += own }
    self.init(tables: tables, notes: notes + [summary.line], json: .object(head))
  }

  /// The report as text that ends with a newline.
  ///
  /// - Parameter color: whether escape sequences may be used; only `table` has any.
  package func text(as format: ReportFormat, color: Bool = false) -> String {
    switch format {
    case .table:
      (tables.map { $0.terminalText(color: color) } + noteLines(prefix: ""))
        .joined(separator: "\n")
    case .markdown:
      (tables.map(\.markdownText) + noteLines(prefix: "- ")).joined(separator: "\n")
    case .csv: tables.first?.csvText ?? ""
    case .json: json.text + "\n"
    }
  }

  /// The notes as one block, so that an empty line parts them from the tables.
  private func noteLines(prefix: String) -> [String] {
    notes.isEmpty ? [] : [notes.map { prefix + printable($0) + "\n" }.joined()]
  }
}
