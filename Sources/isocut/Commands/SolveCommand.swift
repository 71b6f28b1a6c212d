internal import ArgumentParser
internal import Foundation
internal import IsocutGraph
internal import IsocutReport
internal import IsocutSearch
internal import IsocutSolver

/// `isocut solve`: the solver alone, on a graph with given costs.
struct SolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve",
    abstract: "Find the best cut of a cost graph, with a proof.",
    discussion: """
      GRAPH.json is a cost graph of isocut or a graph of the published device-placement data set; \
      docs/solver.md describes both. Devices come from the file unless --stages is given; some may \
      stay unused.

      Examples:
        isocut solve graph.json
        isocut solve graph.json --stages 4 --memory-limit 8MiB --explain
        isocut solve graph.json --objective latency --report cut.json
      """)

  enum Target: String, ExpressibleByArgument, CaseIterable {
    case bottleneck, latency
  }

  @Argument(help: ArgumentHelp("The graph.", valueName: "graph.json"))
  var graph: String

  @Option(help: "At most that many stages, on devices like the first of the file.")
  var stages: Int?

  @Flag(help: "Exactly one stage per device: none stays unused.")
  var allDevices = false

  @Option(
    help: "At most that many equal devices share a stage, each with a copy of it. (default: 1)")
  var copies: Int?

  @Option(help: "What to make small: the largest stage, or the sum of all stages.")
  var objective = Target.bottleneck

  @Option(help: "Memory of each device that has a limit, such as 8MiB or a number of bytes.")
  var memoryLimit: ByteCount?

  @Option(help: "Largest sum of all stages, in ms; with --objective bottleneck.")
  var latencyLimit: Double?

  @Option(help: "Largest stage, in ms; with --objective latency.")
  var bottleneckLimit: Double?

  @Option(help: "Time after which the best cut so far is given, such as 5s or 500ms.")
  var timeBudget = TimeBudget(seconds: 60)

  @Option(help: "Memory for the states of the search, such as 512MiB.")
  var memoryBudget = ByteCount(bytes: 512 << 20)

  @Flag(help: "Say what proves the answer, which stage is the bottleneck and what holds it.")
  var explain = false

  @OptionGroup(title: "Result") var output: ReportOptions

  func validate() throws {
    if let stages, !(1...4096).contains(stages) {
      throw ValidationError("--stages is 1 to 4096, not \(stages)")
    }
    if let copies, !(1...4096).contains(copies) {
      throw ValidationError("--copies is 1 to 4096, not \(copies)")
    }
    for (name, limit) in [("latency", latencyLimit), ("bottleneck", bottleneckLimit)] {
      if let limit, !(limit >= 0) {
        throw ValidationError("--\(name)-limit is a time in ms, not \(limit)")
      }
    }
    if latencyLimit != nil, objective == .latency {
      throw ValidationError("--latency-limit belongs to --objective bottleneck")
    }
    if bottleneckLimit != nil, objective == .bottleneck {
      throw ValidationError("--bottleneck-limit belongs to --objective latency")
    }
  }

  func run() async throws {
    try output.check()
    var costGraph = try CostGraph(file: graph)
    if let stages { costGraph = costGraph.onEqualDevices(count: stages) }
    if let memoryLimit { costGraph = costGraph.withMemoryLimit(memoryLimit.bytes) }
    if allDevices { costGraph.problem.usesAllDevices = true }
    if let copies { costGraph.problem.maximumCopies = copies }
    switch objective {
    case .bottleneck:
      if let latencyLimit { costGraph.problem.objective = .bottleneckWithinLatency(latencyLimit) }
    case .latency:
      costGraph.problem.objective = .latencyWithinBottleneck(bottleneckLimit ?? .infinity)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let end = start + .seconds(timeBudget.seconds)
    let solution = try IsocutSolver.solve(
      costGraph.problem,
      limits: SolverLimits(states: .max, memoryBytes: memoryBudget.bytes),
      shouldStop: { clock.now >= end || Task.isCancelled })
    let seconds = (clock.now - start) / .seconds(1)
    try solution.check(for: costGraph.problem)
    guard solution.isFeasible else {
      throw IsocutError(
        .infeasible,
        solution.isOptimal
          ? "no cut of \(graph) meets the limits; raise the memory limit, the number of stages or "
            + "the latency limit"
          : "no cut of \(graph) was found within the budget; raise --time-budget")
    }
    let report = try SolveReport(
      solution, of: costGraph, seconds: seconds,
      explanation: explain ? SolutionExplanation(solution, of: costGraph) : nil)
    try output.write(report.report)
  }
}

/// A size on the command line: bytes, or a number with KiB, MiB or GiB.
struct ByteCount: ExpressibleByArgument {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1), ("", 1)]
    for (suffix, factor) in units where argument.hasSuffix(suffix) {
      guard let value = Double(argument.dropLast(suffix.count)), value >= 0,
        value * Double(factor) < 9e18
      else { return nil }
      bytes = Int(value * Double(factor))
      return
    }
    return nil
  }

  var defaultValueDescription: String { "\(bytes >> 20)MiB" }
}

/// A time on the command line: seconds, or a number with ms, s or m.
struct TimeBudget: ExpressibleByArgument {
  var seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    for (suffix, factor) in [("ms", 0.001), ("s", 1), ("m", 60), ("", 1)]
    where argument.hasSuffix(suffix) {
      guard let value = Double(argument.dropLast(suffix.count)), value >= 0, value < 1e9 else {
        return nil
      }
      seconds = value * factor
      return
    }
    return nil
  }

  var defaultValueDescription: String { "\(Int(seconds))s" }
}
