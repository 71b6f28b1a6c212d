/// What was measured of one program with one set size.
package struct AICPoint: Hashable, Sendable, Codable {
  /// Inferences queued for each instance.
  package var setSize: Int
  /// From a run that recorded nothing else.
  package var result: RunnerResult
  /// From a second, shorter run; nil where that failed.
  package var latency: AICLatency?
  /// Why there is no latency.
  package var latencyProblem: String?
  package var environment: AICEnvironment

  package init(setSize: Int, result: RunnerResult, environment: AICEnvironment) {
    self.setSize = setSize
    self.result = result
    self.environment = environment
  }
}
