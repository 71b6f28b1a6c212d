/// Rows of typed values under columns with units: the one form in which results reach a report.
package struct Table: Sendable {
  /// Stands above the table where several are shown; empty shows nothing.
  package var title: String
  package private(set) var columns: [Column]
  package private(set) var rows: [Row] = []

  package init(title: String = "", columns: [Column]) {
    self.title = title
    self.columns = columns
  }

  /// Adds a row. Cells that the row lacks are missing; cells beyond the columns are dropped.
  package mutating func append(_ cells: [Cell], isEmphasized: Bool = false) {
    let padding = repeatElement(Cell.missing, count: max(0, columns.count - cells.count))
    rows.append(
      Row(cells: Array((cells + padding).prefix(columns.count)), isEmphasized: isEmphasized))
  }

  /// One column: how it is called, and the unit of its numbers.
  package struct Column: Sendable {
    package var title: String
    package var unit: Unit
    /// The name in JSON and CSV, the unit at its end.
    package var key: String

    /// - Parameter key: without one, the title in snake case with the unit's suffix.
    package init(_ title: String, unit: Unit = .none, key: String? = nil) {
      self.title = title
      self.unit = unit
      self.key = key ?? Self.snakeCase(title) + unit.keySuffix
    }

    /// The title with the unit, as people read it.
    package var heading: String {
      unit.symbol.isEmpty ? title : "\(title) \(unit.symbol)"
    }

    private static func snakeCase(_ title: String) -> String {
      title.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
    }
  }

  package struct Row: Sendable {
    /// As many as there are columns.
    package var cells: [Cell]
    /// Shown bold on a terminal with colours; some cell must say the same in words.
    package var isEmphasized: Bool
  }
}
