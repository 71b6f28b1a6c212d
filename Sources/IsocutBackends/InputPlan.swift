/// How inputs are made where no real ones are given. Kept in `plan.json`, so that every command
/// feeds a model the same way.
public struct InputPlan: Hashable, Sendable, Codable {
  /// A constant value by input name (`--input-value`).
  public var values: [String: Double]
  /// Bounds of uniform values by input name (`--input-range`): both included for integers, the
  /// upper one excluded for floats.
  public var ranges: [String: ClosedInterval]
  /// Files by input name (`--input`).
  public var files: [String: String]
  public var seed: UInt64
  /// Bytes by tensor name, for stages that read tensors with a meaning; not in `plan.json`.
  public var contents: [String: [UInt8]]

  public struct ClosedInterval: Hashable, Sendable, Codable {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
      self.low = low
      self.high = high
    }
  }

  public init(
    values: [String: Double] = [:], ranges: [String: ClosedInterval] = [:],
    files: [String: String] = [:], seed: UInt64 = 0, contents: [String: [UInt8]] = [:]
  ) {
    self.values = values
    self.ranges = ranges
    self.files = files
    self.seed = seed
    self.contents = contents
  }
}
