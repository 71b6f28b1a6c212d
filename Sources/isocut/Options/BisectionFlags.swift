import IsocutGraph
import IsocutSearch

/// The tuning of libcoral's search as flags, by the names that the command gives them.
struct BisectionFlags {
  typealias Flag = (name: String, value: Int?)

  var diffThresholdNs: Flag
  var partitionSearchStep: Flag
  var initialLowerBoundNs: Flag
  var initialUpperBoundNs: Flag

  private var all: [Flag] {
    [diffThresholdNs, partitionSearchStep, initialLowerBoundNs, initialUpperBoundNs]
  }

  var areGiven: Bool { all.contains { $0.value != nil } }

  /// - Throws: `IsocutError` `.usage` for a flag that the chosen search has no use for, or a value
  ///   that is out of its range.
  func rule(for search: SearchMethod) throws -> BisectionRule {
    for (name, value) in all {
      guard let value else { continue }
      guard search == .libcoral else {
        throw IsocutError(.usage, "\(name) has no effect without --search libcoral")
      }
      let least = name == partitionSearchStep.name ? 1 : 0
      guard value >= least else {
        throw IsocutError(.usage, "\(name) is at least \(least), not \(value)")
      }
    }
    let (lower, upper) = (initialLowerBoundNs, initialUpperBoundNs)
    guard (lower.value == nil) == (upper.value == nil) else {
      throw IsocutError(.usage, "\(lower.name) and \(upper.name) need each other")
    }
    if let low = lower.value, let high = upper.value, low >= high {
      throw IsocutError(.usage, "\(lower.name) \(low) is not below \(upper.name) \(high)")
    }
    var rule = BisectionRule()
    if let value = diffThresholdNs.value { rule.diffThresholdMs = Double(value) * 1e-6 }
    if let value = partitionSearchStep.value { rule.partitionSearchStep = value }
    rule.initialLowerBoundMs = lower.value.map { Double($0) * 1e-6 }
    rule.initialUpperBoundMs = upper.value.map { Double($0) * 1e-6 }
    return rule
  }
}
