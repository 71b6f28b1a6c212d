extension Table {
  /// The table as RFC 4180 has it: lines end with CR LF, the first one names the columns with their
  /// units, numbers carry every digit.
  package var csvText: String {
    ([columns.map(\.key)] + rows.map { $0.cells.map(\.csv) })
      .map { $0.map(Self.quotedIfNeeded).joined(separator: ",") + "\r\n" }
      .joined()
  }

  private static func quotedIfNeeded(_ field: String) -> String {
    // Scalars, because CR LF is one Character and would be overlooked.
    let isPlain = field.unicodeScalars.allSatisfy { !["\"", ",", "\r", "\n"].contains($0) }
    return isPlain ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
