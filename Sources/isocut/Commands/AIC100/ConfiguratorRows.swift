import IsocutBackends
import IsocutReport
import IsocutSearch

/// Results of `isocut model-configurator` for scripts: one row for each set size of a configuration,
/// those of the best configuration first. A configuration without figures has a row, too.
struct ConfiguratorRows {
  var rows: [JSONValue] = []
  /// The place of the best point; nil where nothing was measured.
  var best: Int?

  init(_ result: ModelConfigurator.Result) {
    for (row, pareto) in zip(result.ranked, result.ranked.paretoPoints) {
      let configuration = Self.json(row.configuration)
      let outcome: JSONValue = [
        "status": .string(row.status), "reason": JSONValue(row.reason),
      ]
      if best == nil, let point = row.best(result.objective) {
        best = row.points.firstIndex(of: point).map { rows.count + $0 }
      }
      let points: [AICPoint?] = row.points.isEmpty ? [nil] : row.points
      for (index, point) in points.enumerated() {
        rows.append(
          configuration.merging(["set_size": JSONValue(point?.setSize)]).merging(outcome)
            .merging(Self.figures(point)).merging(["pareto": .bool(pareto.contains(index))]))
      }
    }
  }

  /// A configuration as scripts read it. MOS is empty where the compiler chooses.
  static func json(_ row: AICConfiguration) -> JSONValue {
    let layout = row.layout
    return [
      "cores": .integer(layout.cores), "mos": JSONValue(layout.mos.values),
      "ols": .integer(row.ols), "batch_size": .integer(row.batchSize),
      "instances": .integer(layout.instances), "cluster_sizes": JSONValue(layout.clusterSizes),
      "dealloc_delay": .integer(row.deallocDelay), "split_size_kib": .integer(row.splitSize),
      "vtcm_percent": .integer(row.vtcmPercent), "depth_first": .bool(row.depthFirst != nil),
      "depth_first_memory": JSONValue(row.depthFirst?.memory),
    ]
  }

  private static func figures(_ point: AICPoint?) -> JSONValue {
    [
      "throughput_items_per_s": JSONValue(point?.result.rate),
      "p50_ms": JSONValue(point?.latency?.p50Milliseconds),
      "p95_ms": JSONValue(point?.latency?.p95Milliseconds),
      "p99_ms": JSONValue(point?.latency?.p99Milliseconds),
      // The tools tell none.
      "peak_memory_mib": nil,
      "temperature_celsius": JSONValue(point?.environment.temperature),
    ]
  }

  /// What an optimised search found from each starting point.
  static func json(_ optimized: OptimizedResults) -> JSONValue {
    .array(
      optimized.outcomes.map { outcome in
        [
          "status": .string(outcome.status.rawValue),
          "initial": point(outcome.start, of: optimized),
          "found": point(outcome.point, of: optimized),
          "objective": JSONValue(outcome.value.map(optimized.objective)),
          "objective_unit": .string(optimized.unit), "evaluations": .integer(outcome.evaluations),
        ]
      })
  }

  private static func point(
    _ point: PatternSearch.Point, of optimized: OptimizedResults
  ) -> JSONValue {
    json(optimized.search.configuration(point))
      .merging(["set_size": .integer(optimized.search.setSize(of: point))])
  }
}
