package import IsocutBackends

/// Configurations as the vendor's `-list-configs` prints them: a numbered table whose columns and
/// fields are the vendor's.
package struct ConfigurationListing: Sendable {
  package var configurations: [AICConfiguration]

  package init(_ configurations: [AICConfiguration]) { self.configurations = configurations }

  /// The vendor's columns; the row number before them has no name. A column for depth-first
  /// scheduling is there only where a row uses it.
  package var columns: [String] {
    let columns = [
      "cores", "bs", "ols", "mos", "instances", "dealloc-dly", "split-size",
      "limit-vtcm-percent", "sd_partition", "mos_combinations",
    ]
    return columns + (usesDepthFirst ? ["depth-first-mem"] : [])
  }

  /// The fields of each row, in the order of the columns.
  package var rows: [[String]] { configurations.map(fields) }

  /// The table: numbers of rows from 1 at the left edge, everything else at the right edge of its
  /// column, two blanks between columns. Ends with a newline.
  package var text: String {
    let rows = rows
    let columns = columns
    let numberWidth = String(rows.count).count
    let widths = columns.indices.map { column in
      rows.map { $0[column].count }.reduce(columns[column].count, max)
    }
    func line(_ number: String, _ fields: [String]) -> String {
      let start = number + String(repeating: " ", count: numberWidth - number.count)
      return zip(fields, widths).reduce(start) { line, field in
        line + "  " + String(repeating: " ", count: field.1 - field.0.count) + field.0
      } + "\n"
    }
    return rows.enumerated().reduce(line("", columns)) { text, row in
      text + line(String(row.offset + 1), row.element)
    }
  }

  private var usesDepthFirst: Bool { configurations.contains { $0.depthFirst != nil } }

  private func fields(_ row: AICConfiguration) -> [String] {
    let layout = row.layout
    let perCluster = layout.clusterSizes.isEmpty ? [] : layout.mos.values
    let fields = [
      String(layout.cores), String(row.batchSize), String(row.ols), mos(layout),
      String(layout.instances), String(row.deallocDelay), String(row.splitSize),
      String(row.vtcmPercent), BracketedList(layout.clusterSizes).description,
      BracketedList(perCluster).description,
    ]
    guard usesDepthFirst else { return fields }
    return fields + [
      row.depthFirst.map { $0.memory.map(String.init) ?? "compiler-default" } ?? "off"
    ]
  }

  /// Rows of several clusters have 0 in this column; their MOS stands in the last one.
  private func mos(_ layout: NSPLayout) -> String {
    guard layout.clusterSizes.isEmpty else { return "0" }
    return layout.mos.argument ?? "compiler-default"
  }
}
