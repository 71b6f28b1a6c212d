import ArgumentParser
import IsocutBackends
import IsocutGraph
import IsocutSearch

extension SearchMethod: ExpressibleByArgument {}

/// How the cut is searched.
struct SearchOptions: ParsableArguments {
  @Option(
    help: "Search method: certified, libcoral, equal-parameters or exhaustive (small models).")
  var search: SearchMethod = .certified

  @Option(
    help: ArgumentHelp(
      "Stop when no cut is proven or predicted to be better by so many percent.",
      valueName: "percent"))
  var tolerance = 1.0

  @Option(
    help: ArgumentHelp(
      "Limit of the search: 60s, 40measurements or 20compilations.", valueName: "limit"))
  var budget: String?

  @Option(
    name: .customLong("optimization-level"),
    help: """
      Engine level for the whole plan: auto (basic and all), off, basic, extended or all. With TFLite \
      off and basic are the built-in kernels, extended and all XNNPACK's.
      """)
  var optimizationLevel = "auto"

  @Option(
    help: ArgumentHelp(
      "With --search libcoral: bounds closer than this end it (default: 1000000).",
      valueName: "ns"))
  var diffThresholdNs: Int?

  @Option(
    help: ArgumentHelp(
      "With --search libcoral: operators by which a stage is shortened at a time (default: 1).",
      valueName: "count"))
  var partitionSearchStep: Int?

  @Option(
    help: ArgumentHelp(
      "With --search libcoral: time of the fastest stage to begin with, instead of a first split.",
      valueName: "ns"))
  var initialLowerBoundNs: Int?

  @Option(
    help: ArgumentHelp(
      "With --search libcoral: time of the slowest stage to begin with.", valueName: "ns"))
  var initialUpperBoundNs: Int?

  /// - Throws: `IsocutError` `.usage` for a flag that the chosen search has no use for, or a value
  ///   that is not positive.
  func bisection() throws -> BisectionRule {
    try BisectionFlags(
      diffThresholdNs: ("--diff-threshold-ns", diffThresholdNs),
      partitionSearchStep: ("--partition-search-step", partitionSearchStep),
      initialLowerBoundNs: ("--initial-lower-bound-ns", initialLowerBoundNs),
      initialUpperBoundNs: ("--initial-upper-bound-ns", initialUpperBoundNs)
    ).rule(for: search)
  }

  func level() throws -> LevelChoice {
    if optimizationLevel == "auto" { return .automatic }
    guard let level = RunOptions.OptimizationLevel(rawValue: optimizationLevel) else {
      throw IsocutError(
        .usage,
        "--optimization-level \(optimizationLevel) is none of auto, off, basic, extended, all")
    }
    return .fixed(level)
  }

  func checkedTolerance() throws -> Double {
    guard tolerance >= 0, tolerance < 100 else {
      throw IsocutError(.usage, "--tolerance \(tolerance) is not between 0 and 100 percent")
    }
    return tolerance / 100
  }

  func limit() throws -> Budget { try budget.map(Budget.init(parsing:)) ?? Budget() }
}
