package import IsocutGraph

/// What `isocut verify` found: the chain of stages against the whole model on the same inputs.
package struct VerifyResult: Codable, Hashable, Sendable {
  package var pass: Bool
  package var bitExact: Bool
  package var maxAbsError: Double
  /// max|a-b| / max|b|, the largest over outputs.
  package var maxRelError: Double
  /// Largest difference of the uncut model between optimisation levels on the same inputs.
  package var levelSpread: Double
  package var items: Int
  /// False when outputs are all NaN, all equal, or the same for two seeds: passing proves nothing.
  /// Nil where that was not tried, because every seed gives the same inputs.
  @ExplicitNull package var inputSensitive: Bool?
  package var outputs: [Output]

  /// One output of the model.
  package struct Output: Codable, Hashable, Sendable {
    package var name: String
    package var pass: Bool
    package var bitExact: Bool
    package var maxAbsError: Double
    package var maxRelError: Double
    package var levelSpread: Double
    /// The difference that is still accepted.
    package var allowed: Double
    /// What set `allowed`: `relative`, `level-spread`, `one-step`, `max-error` or `exact`.
    package var criterion: String
    @ExplicitNull package var inputSensitive: Bool?
  }
}

extension VerifyResult {
  /// What did not match, in a sentence without a stop.
  package var failure: String {
    guard let worst = outputs.first(where: { !$0.pass }) else { return "nothing" }
    return """
      output \(worst.name) differs by \(worst.maxAbsError), \(worst.allowed) is allowed \
      (\(worst.criterion))
      """
  }
}
