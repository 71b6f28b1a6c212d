package import IsocutBackends
package import IsocutGraph

/// What became of one configuration.
package struct ConfigurationResult: Sendable {
  package var configuration: AICConfiguration
  /// One for each set size that was measured.
  package var points: [AICPoint] = []
  /// Whether everything that is known of it comes from the store.
  package var isReused = false
  /// Why it has no result, or not all of them: this row's reason, never the end of a search.
  package var failure: IsocutError?

  package init(_ configuration: AICConfiguration) { self.configuration = configuration }

  /// One word for tables.
  package var status: String {
    guard failure == nil else {
      guard points.isEmpty else { return "partly measured" }
      return isReused ? "failed before" : "failed"
    }
    return points.isEmpty ? "compiled" : isReused ? "measured before" : "measured"
  }

  /// What a reader must know beside the status: why it failed, or why figures are missing.
  package var reason: String? {
    failure?.message ?? points.compactMap(\.latencyProblem).first.map { "no latency: " + $0 }
  }

  /// Whether a tool that failed earlier was not tried again.
  package var isKnownFailure: Bool { isReused && failure != nil }

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

extension [ConfigurationResult] {
  /// The points that no other point beats in both rate and latency, among those that have both:
  /// for each result, the places of such points.
  package var paretoPoints: [Set<Int>] {
    let all = flatMap(\.points)
    func isBeaten(_ point: AICPoint) -> Bool {
      guard let latency = point.latency?.p95Milliseconds else { return true }
      return all.contains { other in
        guard let otherLatency = other.latency?.p95Milliseconds else { return false }
        let (rate, otherRate) = (point.result.rate, other.result.rate)
        return otherRate >= rate && otherLatency <= latency
          && (otherRate > rate || otherLatency < latency)
      }
    }
    return map { result in
      Set(result.points.indices.filter { !isBeaten(result.points[$0]) })
    }
  }
}
