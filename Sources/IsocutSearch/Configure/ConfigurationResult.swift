package import IsocutBackends
package import IsocutGraph

/// What became of one configuration.
package struct ConfigurationResult: Sendable {
  package var configuration: AICConfiguration
  /// One for each set size that was measured.
  package var points: [AICPoint] = []
  /// Whether all points come from the store.
  package var isReused = false
  /// Why it has no result, or not all of them: this row's reason, never the end of a search.
  package var failure: IsocutError?

  package init(_ configuration: AICConfiguration) { self.configuration = configuration }

  /// One word for tables.
  package var status: String {
    if failure != nil { return points.isEmpty ? "failed" : "partly measured" }
    return points.isEmpty ? "compiled" : isReused ? "measured before" : "measured"
  }

  /// What a reader must know beside the status: why it failed, or why figures are missing.
  package var reason: String? {
    failure?.message ?? points.compactMap(\.latencyProblem).first.map { "no latency: " + $0 }
  }

  /// The point with the highest rate, or with the lowest latency.
  package func best(_ objective: ConfiguratorFile.Objective) -> AICPoint? {
    points.filter { objective.value(of: $0) != nil }
      .max { objective.value(of: $0) ?? 0 < objective.value(of: $1) ?? 0 }
  }
}

extension ConfiguratorFile.Objective {
  /// The figure that a search raises: items a second, or minus the milliseconds below which 95 of
  /// 100 inferences stay. Nil where it was not measured.
  package func value(of point: AICPoint) -> Double? {
    switch self {
    case .throughput: point.result.rate
    case .latency: point.latency.map { -$0.p95Milliseconds }
    }
  }
}

extension [ConfigurationResult] {
  /// The best first; what failed comes last. Equal ones keep their order.
  package func ranked(by objective: ConfiguratorFile.Objective) -> [ConfigurationResult] {
    func value(_ result: ConfigurationResult) -> Double {
      result.best(objective).flatMap(objective.value) ?? -.infinity
    }
    return enumerated().sorted {
      (value($1.element), $0.offset) < (value($0.element), $1.offset)
    }.map(\.element)
  }
}
