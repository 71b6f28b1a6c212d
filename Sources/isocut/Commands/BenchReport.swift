import Foundation
import IsocutGraph
import IsocutReport
import IsocutSearch

/// `isocut bench` as tables and JSON.
enum BenchReport {
  static func make(
    _ result: BenchResult, plan: Plan, notes: [String], summary: EnvironmentSummary
  ) -> Report {
    Report(
      tables: [isOpenLoop(result) ? loads(result) : rows(result), stages(result)]
        .filter { !$0.rows.isEmpty },
      notes: (plan.simulated ? [PartitionReport.simulatedNote] : []) + notes
        + verdict(result, cpus: plan.cpus),
      summary: summary,
      members: json(result).merging(["simulated": .bool(plan.simulated)]))
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
          .text(row.way.description), .number(row.itemsPerSecond),
          .text(row.interval.map { String(format: "%.4g", $0) }.joined(separator: "-")),
          .number(row.p50), .number(row.p90), .number(row.p95), .number(row.p99),
          .number(row.peakMemoryMebibytes), .integer(row.items), .text(row.status),
        ], isEmphasized: row.way == result.winner)
    }
    return table
  }

  private static func isOpenLoop(_ result: BenchResult) -> Bool {
    result.rows.contains { $0.load != nil }
  }

  private static func loads(_ result: BenchResult) -> Table {
    var table = Table(
      title: "Latency under load, from when an item was due",
      columns: [
        .init("Due", unit: .itemsPerSecond, key: "rate_items_per_s"), .init("Arrivals"),
        .init("Configuration"), .init("Answered", unit: .itemsPerSecond),
        .init("p50", unit: .milliseconds), .init("p90", unit: .milliseconds),
        .init("p95", unit: .milliseconds), .init("p99", unit: .milliseconds), .init("Items"),
        .init("Unanswered"), .init("Status"),
      ])
    for row in result.rows {
      guard let load = row.load else { continue }
      table.append([
        .number(load.itemsPerSecond), .text(load.spacing.rawValue), .text(row.way.description),
        .number(row.itemsPerSecond), .number(row.p50), .number(row.p90), .number(row.p95),
        .number(row.p99), .integer(row.items), .integer(row.unanswered), .text(row.status),
      ])
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

  private static func verdict(_ result: BenchResult, cpus: [Int]) -> [String] {
    var lines: [String] = []
    if let efficiency = result.pipelineEfficiency {
      let mark = result.efficiencyStatus == "unstable" ? ", others took part of the machine" : ""
      lines.append(
        "Pipeline efficiency \(String(format: "%.3f", efficiency)): its rate over that of its slowest stage with all stages running\(mark)."
      )
    }
    if let level = result.rivalLevel {
      lines.append("The whole model runs at level \(level), its fastest.")
    }
    if result.rows.contains(where: { $0.status == "unstable" }) {
      lines.append(
        "Rows marked unstable were disturbed by other programs or neighbours three times in a row; run again on a quiet machine."
      )
    }
    if result.rows.contains(where: { $0.status == "overloaded" }) {
      lines.append(
        "Rows marked overloaded did not keep up: items waited longer and longer, and their latencies grow with the length of the test."
      )
    }
    guard let comparison = result.comparison else { return lines }
    lines.append(
      verdict(comparison, advice(comparison.rival, cpus: cpus, level: result.rivalLevel)))
    return lines
  }

  private static func verdict(_ comparison: BenchResult.Comparison, _ advice: String) -> String {
    let speedup = comparison.speedup
    let figures = String(
      format: "%.3f x, 95 %% interval %.3f-%.3f", speedup, comparison.interval[0],
      comparison.interval[1])
    if comparison.withinNoise {
      return
        "The pipeline and its best rival, \(comparison.rival), cannot be told apart (\(figures)). The rival is simpler: \(advice)"
    }
    if speedup >= 1 {
      return
        "The pipeline is \(String(format: "%.1f", (speedup - 1) * 100)) % faster than its best rival, \(comparison.rival) (\(figures))."
    }
    return
      "Do not pipeline here: \(comparison.rival) is \(String(format: "%.1f", (1 / speedup - 1) * 100)) % faster (pipeline \(figures)). Instead: \(advice)"
  }

  /// How to run what won, as a sentence.
  private static func advice(_ way: WayToRun, cpus: [Int], level: String?) -> String {
    let cores = cpus.map(String.init).joined(separator: ", ")
    let atLevel = level.map { " at level \($0)" } ?? ""
    switch way {
    case .oneSessionCallers(let count):
      return
        "open one session\(atLevel) with one intra-op thread and call it from \(count) threads, one pinned to each of the cores \(cores)."
    case .instances(let count) where cpus.isEmpty:
      return
        "compile the whole model and run a copy of it on each of \(count) device\(count == 1 ? "" : "s")."
    case .instances(let count):
      return
        "open \(count) sessions\(atLevel), each with one intra-op thread, one pinned to each of the cores \(cores)."
    case .intra(let count):
      return
        "open one session\(atLevel) with \(count) intra-op threads on the cores \(cores) and call it from one thread."
    case .engineDefaultCallers(_, let count):
      return
        "open one session\(atLevel) with the engine's own number of threads and call it from \(count) threads."
    case .engineDefault:
      return
        "open one session\(atLevel) with the engine's own number of threads and call it from one thread."
    case .pipeline, .pipelinePushPop: return "run it as it is."
    }
  }

  private static func json(_ result: BenchResult) -> JSONValue {
    [
      "rows": .array(
        result.rows.map { row in
          [
            "configuration": .string(row.way.description),
            "rate_items_per_s": JSONValue(row.load?.itemsPerSecond),
            "arrivals": JSONValue(row.load?.spacing.rawValue),
            "unanswered": .integer(row.unanswered),
            "throughput_items_per_s": .number(row.itemsPerSecond),
            // Three windows say too little.
            "throughput_interval_items_per_s": row.load == nil ? JSONValue(row.interval) : .null,
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
      "pipeline_efficiency_status": JSONValue(result.efficiencyStatus),
      "winner": JSONValue(result.winner?.description),
      "best_rival": JSONValue(result.comparison?.rival.description),
      "speedup_over_best_rival": JSONValue(result.comparison?.speedup),
      "speedup_interval": result.comparison.map { JSONValue($0.interval) } ?? .null,
      "within_noise": JSONValue(result.comparison?.withinNoise),
      "rival_level": JSONValue(result.rivalLevel),
    ]
  }
}

extension Plan {
  /// Its cores, each once, in the order of its stages.
  fileprivate var cpus: [Int] {
    stages.flatMap(\.device.cpus).reduce(into: []) { cpus, cpu in
      if !cpus.contains(cpu) { cpus.append(cpu) }
    }
  }
}
