package import IsocutBackends

extension AICConfiguration {
  /// The set sizes to measure this configuration with.
  ///
  /// A pipeline of k clusters has nothing to overlap with fewer than k inferences queued, so it is
  /// never judged below k; where every size given is smaller, k is taken.
  package func setSizes(_ given: [Int]) -> [Int] {
    let least = layout.inferencesInFlight
    let useful = given.filter { $0 >= least }
    return useful.isEmpty ? [least] : useful
  }
}
