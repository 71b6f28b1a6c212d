import IsocutBackends

/// What an optimised search found from each starting point, as the vendor's log has it.
package struct OptimizedResults: Sendable {
  package var search: OptimizedSearch
  package var outcomes: [PatternSearch.Outcome]

  /// Of the objective.
  package var unit: String { search.file.objective == .throughput ? "inf/sec" : "micro-sec" }

  /// The objective as the vendor's table has it, to two decimals.
  package func objective(_ value: Double) -> Double {
    // Latency is searched for as minus milliseconds.
    let shown = search.file.objective == .throughput ? value : -value * 1000
    return (shown * 100).rounded() / 100
  }

  /// The vendor's table: fields at the right edge of their columns.
  package var text: String {
    let header = [
      "", "OptimizerStatus", "InitialValue", "cores", "mos", "ols", "batchSize", "instances",
      "setSize", "Objective (\(unit))",
    ]
    let rows = [header] + outcomes.enumerated().map { [String($0.offset)] + fields($0.element) }
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { field, width in
        String(repeating: " ", count: width - field.count) + field
      }.joined(separator: "  ") + "\n"
    }.joined()
  }

  private func fields(_ outcome: PatternSearch.Outcome) -> [String] {
    let start = values(outcome.start)
    let names = ["cores", "mos", "ols", "batchSize", "instances", "setSize"]
    let initial = zip(names, start).map { "\($0)=\($1)" }.joined(separator: ", ")
    return [outcome.status.rawValue, "(\(initial))"] + values(outcome.point)
      + [outcome.value.map { "\(objective($0))" } ?? "nan"]
  }

  private func values(_ point: PatternSearch.Point) -> [String] {
    let configuration = search.configuration(point)
    let layout = configuration.layout
    let mos = layout.mos.values
    return [
      String(layout.cores), mos.isEmpty ? "compiler-default" : BracketedList(mos).description,
      String(configuration.ols), String(configuration.batchSize), String(layout.instances),
      String(search.setSize(of: point)),
    ]
  }
}
