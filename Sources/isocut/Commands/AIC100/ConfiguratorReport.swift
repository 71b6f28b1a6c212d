import Foundation
import IsocutBackends
import IsocutGraph
import IsocutReport
import IsocutSearch

/// What `isocut model-configurator` prints of a run.
enum ConfiguratorReport {
  static func text(_ result: ModelConfigurator.Result, compilesOnly: Bool) -> String {
    let optimized = result.optimized.map { "Optimized search results:\n\($0.text)\n" } ?? ""
    var table = Table(
      title: "Configurations",
      columns: [
        .init("Rank"), .init("Cores"), .init("MOS"), .init("OLS"), .init("Batch"),
        .init("Instances"), .init("Clusters"), .init("Set size"), .init("Inf/s"),
        .init("p50", unit: .milliseconds), .init("p95", unit: .milliseconds), .init("Status"),
      ])
    var notes: [String] = []
    for (index, row) in result.ranked.enumerated() {
      let layout = row.configuration.layout
      let best = row.best(result.objective)
      let isMeasured = best != nil
      table.append(
        [
          .integer(index + 1), .integer(layout.cores),
          .text(layout.mos.argument ?? "compiler-default"), .integer(row.configuration.ols),
          .integer(row.configuration.batchSize), .integer(layout.instances),
          .text(layout.clusterSizes.map(String.init).joined(separator: ",")),
          Cell(best?.setSize), Cell(best?.result.rate), Cell(best?.latency?.p50Milliseconds),
          Cell(best?.latency?.p95Milliseconds),
          .text(row.status),
        ], isEmphasized: index == 0 && isMeasured)
      if let reason = row.reason {
        notes.append("Rank \(index + 1): \(reason)")
      }
    }
    if let best = result.best {
      notes.append("Best: \(best) (reproduce.sh compiles and runs it with the SDK's tools alone)")
    }
    notes.append("Table with the vendor's columns: \(result.table)")
    if !compilesOnly {
      notes.append("p50 and p95 come from a run of their own and include the time in the queue.")
    }
    notes += result.environment.lines
    return optimized + Report(tables: [table], notes: notes, json: .null).text(as: .table)
  }
}
