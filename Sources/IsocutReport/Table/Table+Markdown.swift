extension Table {
  /// The table in Markdown, its source aligned too. Ends with a newline.
  package var markdownText: String {
    let headings = columns.map { Self.escaped($0.heading) }
    let cells = rows.map { $0.cells.map { Self.escaped($0.display) } }
    let widths = columns.indices.map { column in
      cells.map { $0[column].count }.reduce(max(3, headings[column].count), max)
    }

    func line(_ texts: [String]) -> String {
      let padded = zip(texts.indices, texts).map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return isRightAligned(column) ? padding + text : text + padding
      }
      return "| " + padded.joined(separator: " | ") + " |\n"
    }

    let rule = columns.indices.map { column in
      let dashes = String(repeating: "-", count: widths[column] - 1)
      return isRightAligned(column) ? dashes + ":" : dashes + "-"
    }
    var text = title.isEmpty ? "" : "### \(printable(title))\n\n"
    text += line(headings) + line(rule)
    for texts in cells { text += line(texts) }
    return text
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("|", with: "\\|")
  }
}
