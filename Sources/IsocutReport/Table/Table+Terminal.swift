extension Table {
  /// The table for a terminal: columns two spaces apart, text at the left and numbers at the right
  /// edge, a ruled header. Ends with a newline.
  ///
  /// - Parameter color: whether escape sequences may be used (`ColorChoice`).
  package func terminalText(color: Bool = false) -> String {
    let cells = rows.map { $0.cells.map(\.display) }
    let widths = columns.indices.map { column in
      cells.map { $0[column].count }.reduce(columns[column].heading.count, max)
    }
    let rightAligned = columns.indices.map(isRightAligned)

    func line(_ texts: [String], bold: Bool) -> String {
      var result = zip(texts.indices, texts).map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return rightAligned[column] ? padding + text : text + padding
      }
      .joined(separator: "  ")
      while result.last == " " { result.removeLast() }
      return bold && color ? "\u{1B}[1m\(result)\u{1B}[0m\n" : result + "\n"
    }

    var text = title.isEmpty ? "" : printable(title) + "\n"
    text += line(columns.map(\.heading), bold: true)
    text += widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n"
    for (row, texts) in zip(rows, cells) { text += line(texts, bold: row.isEmphasized) }
    return text
  }

  /// A column is one of numbers where it holds a number, or a unit and nothing else.
  func isRightAligned(_ column: Int) -> Bool {
    let cells = rows.map { $0.cells[column] }
    if cells.contains(where: \.isNumeric) { return true }
    return !columns[column].unit.symbol.isEmpty && cells.allSatisfy { $0 == .missing }
  }
}
