import Foundation
import IsocutBackends
import IsocutGraph
import IsocutReport
import IsocutSearch

/// What `isocut model-configurator` tells of a run.
enum ConfiguratorReport {
  static func make(
    _ result: ModelConfigurator.Result, options: ConfiguratorOptions
  ) throws -> Report {
    let rows = ConfiguratorRows(result)
    return Report(
      tables: [table(result)], notes: notes(result, options),
      json: .object(try EnvironmentSummary.now().head).merging([
        "backend": .string(AICTools.backendName), "simulated": false,
        "model": .string(result.model),
        "objective": result.objective == .throughput ? "throughput" : "latency",
        "sdk": JSONValue(result.environment.sdk), "sku": JSONValue(result.environment.sku),
        "device": .integer(result.device.qid), "nsps": JSONValue(result.environment.nsps),
        "rows": .array(rows.rows), "best": JSONValue(rows.best),
        "best_folder": JSONValue(result.best), "results_file": .string(result.table),
        "searches": result.optimized.map(ConfiguratorRows.json) ?? [],
      ]))
  }

  /// One row a configuration, each with its best set size.
  private static func table(_ result: ModelConfigurator.Result) -> Table {
    var table = Table(
      title: "Configurations",
      columns: [
        .init("Rank"), .init("Cores"), .init("MOS"), .init("OLS"), .init("Batch"),
        .init("Instances"), .init("Clusters"), .init("Set size"), .init("Inf/s"),
        .init("p50", unit: .milliseconds), .init("p95", unit: .milliseconds), .init("Status"),
      ])
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
    }
    return table
  }

  private static func notes(
    _ result: ModelConfigurator.Result, _ options: ConfiguratorOptions
  ) -> [String] {
    var notes = result.ranked.enumerated().compactMap { index, row in
      row.reason.map { "Rank \(index + 1): \($0)" }
    }
    let known = result.ranked.filter(\.isKnownFailure).count
    if known > 0 {
      notes.append(
        "\(known) failed before and \(known == 1 ? "was" : "were") not tried again; "
          + "-retry-failed tries again.")
    }
    if let best = result.best {
      notes.append("Best: \(best) (reproduce.sh compiles and runs it with the SDK's tools alone)")
    } else if result.bestIsOld {
      notes.append("The folder best holds the best configuration of an earlier run.")
    }
    notes.append("Table with the vendor's columns: \(result.table)")
    if !options.compilesOnly {
      notes.append("p50 and p95 come from a run of their own and include the time in the queue.")
    }
    return notes + result.environment.lines
  }
}
