/// How much work a solve may do before it answers with what it has.
///
/// Under these limits alone the answer is repeatable bit for bit; a limit on time is `shouldStop`.
public struct SolverLimits: Hashable, Sendable {
  /// Partial stages looked at: one for each decision to take an operator or to close it.
  public var states: Int
  /// Bytes for the states of the search; the instance itself is small beside it.
  public var memoryBytes: Int
  /// Random topological orders tried for a first cut.
  public var randomOrders: Int
  /// Seed of these orders.
  public var seed: UInt64

  public init(
    states: Int = 100_000_000, memoryBytes: Int = 512 << 20, randomOrders: Int = 8,
    seed: UInt64 = 1
  ) {
    self.states = states
    self.memoryBytes = memoryBytes
    self.randomOrders = randomOrders
    self.seed = seed
  }
}
