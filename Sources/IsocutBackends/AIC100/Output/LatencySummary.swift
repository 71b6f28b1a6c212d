/// A table that the vendor's script `latency_stats_python3.py` prints, in milliseconds.
package struct LatencySummary: Hashable, Sendable {
  /// Such as `mean`, `min`, `50%`, `99%`, `max`.
  package var columns: [String]
  /// Values by the name of the time, such as `totalRoundtripTime`.
  package var rows: [String: [Double]]

  /// All tables of a text, in order.
  package static func all(in text: String) -> [LatencySummary] {
    var tables: [LatencySummary] = []
    var isOpen = false
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      if words.first == "mean", words.contains("max") {
        tables.append(LatencySummary(columns: words, rows: [:]))
        isOpen = true
      } else if isOpen, let name = words.first {
        let values = words.dropFirst().compactMap(Double.init)
        let columns = tables[tables.count - 1].columns.count
        if values.count == columns, words.count == columns + 1 {
          tables[tables.count - 1].rows[name] = values
        } else {
          isOpen = false
        }
      }
    }
    return tables
  }

  /// One value, such as that of `totalRoundtripTime` in column `95%`.
  package subscript(_ row: String, _ column: String) -> Double? {
    guard let index = columns.firstIndex(of: column) else { return nil }
    return rows[row]?[index]
  }
}
