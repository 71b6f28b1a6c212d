import IsocutGraph

/// A file `aic-profiling-program-P-latency.txt`: lines of heading, then comma-separated values, one
/// line an inference. Column names are padded with blanks, columns in microseconds end in `Us`,
/// and a cell may be `N/A`.
package struct LatencyFile: Hashable, Sendable {
  package var columns: [String]
  /// As many values as there are columns; nil where the cell holds no number.
  package var rows: [[Double?]]

  /// - Throws: `IsocutError` `.vendorTool` where the file has no table.
  package init(parsing text: String, path: String) throws {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    func fields(_ line: Substring) -> [Substring] {
      line.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
    }
    // The vendor's scripts skip four lines; the table is looked for by its columns, since another
    // version may print another heading.
    guard
      let header = lines.firstIndex(where: { line in
        let names = fields(line)
        return names.count > 2 && names.contains { $0.hasSuffix("Us") }
      })
    else {
      throw IsocutError(.vendorTool, "\(path) holds no table of latencies")
    }
    let names = fields(lines[header]).map(String.init)
    columns = names
    rows = lines[(header + 1)...].compactMap { line in
      let cells = fields(line)
      return cells.count == names.count ? cells.map { Double($0) } : nil
    }
  }

  /// The column of the whole time of an inference: the one so named, or the third from the end,
  /// which the vendor's benchmark reads.
  package var totalColumn: Int? {
    columns.firstIndex(of: "totalRoundtripTimeUs") ?? (columns.count > 2 ? columns.count - 3 : nil)
  }

  /// Whole times of all inferences in milliseconds.
  package var totalMilliseconds: [Double] {
    guard let column = totalColumn else { return [] }
    return rows.compactMap { $0[column].map { $0 / 1000 } }
  }

  /// Where a share of the values lies below, interpolated between neighbours as the vendor's
  /// scripts do; nil without values.
  package static func quantile(_ share: Double, of values: [Double]) -> Double? {
    let sorted = values.filter(\.isFinite).sorted()
    guard let last = sorted.indices.last else { return nil }
    let position = min(max(share, 0), 1) * Double(last)
    let below = Int(position)
    let above = min(below + 1, last)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}
