import ArgumentParser
import IsocutBackends
import IsocutGraph
import IsocutSearch

extension SearchMethod: ExpressibleByArgument {}

/// How the cut is searched.
struct SearchOptions: ParsableArguments {
  @Option(help: "Search method: guided, equal-parameters or exhaustive (two stages).")
  var search: SearchMethod = .guided

  @Option(
    help: ArgumentHelp(
      "Stop when no cut is predicted to be better by so many percent.", valueName: "percent"))
  var tolerance = 1.0

  @Option(
    help: ArgumentHelp(
      "Limit of the search: 60s, 40measurements or 20compilations.", valueName: "limit"))
  var budget: String?

  @Option(
    name: .customLong("optimization-level"),
    help: "Engine level for the whole plan: auto (basic and all), off, basic, extended or all.")
  var optimizationLevel = "auto"

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
