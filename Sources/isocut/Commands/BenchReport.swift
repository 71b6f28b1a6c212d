import Foundation
import IsocutGraph
import IsocutReport
import IsocutSearch

/// `isocut bench` as tables and JSON.
enum BenchReport {
  static func make(_ result: BenchResult, plan: Plan, notes: [String]) -> Report {
    Report(
      tables: [rows(result), stages(result)].filter { !$0.rows.isEmpty },
      notes: (plan.simulated ? [PartitionReport.simulatedNote] : []) + notes + verdict(result) + [
        EnvironmentSummary(toolVersion: ToolVersion.current, environment: plan.environment).line
      ],
      json: json(result).merging(["simulated": .bool(plan.simulated)]))
  }

  private static func rows(_ result: BenchResult) -> Table {
    var table = Table(
      title: "Configurations",
      columns: [
        .init("Configuration"), .init("Throughput", unit: .itemsPerSecond),
        .init("Interval", unit: .itemsPerSecond, key: "throughput_interval_items_per_s"),
        .init("p50", unit: .milliseconds), .init("p90", unit: .milliseconds),
        .init("p95", unit: .milliseconds), .init("p99", unit: .milliseconds),
        .init("Peak memory", unit: .mebibytes), .init("Items"), .init("Status"),
      ])
    for row in result.rows {
      table.append(
        [
          .text(row.configuration), .number(row.itemsPerSecond),
          .text(row.interval.map { String(format: "%.4g", $0) }.joined(separator: "-")),
          .number(row.p50), .number(row.p90), .number(row.p95), .number(row.p99),
          .number(row.peakMemoryMebibytes), .integer(row.items), .text(row.status),
        ], isEmphasized: row.configuration == result.winner)
    }
    return table
  }

  private static func stages(_ result: BenchResult) -> Table {
    var table = Table(
      title: "Stages of the pipeline",
      columns: [
        .init("Stage"), .init("Busy", unit: .percent), .init("Starved", unit: .percent),
        .init("Blocked", unit: .percent),
      ])
    for (index, share) in result.stages.enumerated() {
      table.append([
        .integer(index), .number(share.busy * 100), .number(share.starved * 100),
        .number(share.blocked * 100),
      ])
    }
    return table
  }

  private static func verdict(_ result: BenchResult) -> [String] {
    var lines: [String] = []
    if let efficiency = result.pipelineEfficiency {
      lines.append(
        "Pipeline efficiency \(String(format: "%.3f", efficiency)): its rate over that of its slowest stage with all stages running."
      )
    }
    if let level = result.rivalLevel {
      lines.append("The whole model runs at level \(level), its fastest.")
    }
    guard result.rows.count > 1,
      let pipeline = result.rows.first(where: { $0.configuration == "pipeline" })
    else { return lines }
    let rivals = result.rows.filter { !$0.configuration.hasPrefix("pipeline") }
    guard let best = rivals.max(by: { $0.itemsPerSecond < $1.itemsPerSecond }) else { return lines }
    let ratio = pipeline.itemsPerSecond / best.itemsPerSecond
    let percent = String(format: "%.1f", abs(ratio - 1) * 100)
    if result.withinNoise, abs(ratio - 1) < 0.05 {
      lines.append(
        "The pipeline and \(best.configuration) are within noise of each other (\(String(format: "%.2f", ratio)) x)."
      )
    } else if ratio >= 1 {
      lines.append(
        "The pipeline is \(percent) % faster than the best rival, \(best.configuration).")
    } else {
      lines.append(
        "Do not pipeline here: \(best.configuration) is \(String(format: "%.1f", (1 / ratio - 1) * 100)) % faster. \(advice(best.configuration))"
      )
    }
    return lines
  }

  /// How to run what won.
  private static func advice(_ configuration: String) -> String {
    if configuration.hasPrefix("one_session_callers") {
      return
        "Open one session with one intra-op thread and call it from as many pinned threads as cores."
    }
    if configuration.hasPrefix("instances") {
      return "Open one session a core, each with one intra-op thread pinned there."
    }
    if configuration.hasPrefix("intra") {
      return "Open one session with as many intra-op threads as cores."
    }
    return "Use the engine as it comes."
  }

  private static func json(_ result: BenchResult) -> JSONValue {
    [
      "rows": .array(
        result.rows.map { row in
          [
            "configuration": .string(row.configuration),
            "throughput_items_per_s": .number(row.itemsPerSecond),
            "throughput_interval_items_per_s": JSONValue(row.interval),
            "p50_ms": .number(row.p50), "p90_ms": .number(row.p90), "p95_ms": .number(row.p95),
            "p99_ms": .number(row.p99),
            "peak_memory_mib": .number(row.peakMemoryMebibytes), "items": .integer(row.items),
            "load_ms": .number(row.loadMilliseconds),
            "first_run_ms": .number(row.firstRunMilliseconds), "status": .string(row.status),
          ]
        }),
      "stages": .array(
        result.stages.map { share in
          [
            "busy_share": .number(share.busy), "starved_share": .number(share.starved),
            "blocked_share": .number(share.blocked),
          ]
        }),
      "pipeline_efficiency": JSONValue(result.pipelineEfficiency),
      "winner": .string(result.winner),
      "within_noise": .bool(result.withinNoise),
      "rival_level": JSONValue(result.rivalLevel),
    ]
  }
}
