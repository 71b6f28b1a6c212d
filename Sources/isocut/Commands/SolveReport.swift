internal import IsocutGraph
internal import IsocutReport
internal import IsocutSearch
internal import IsocutSolver

#if canImport(Glibc)
  internal import Glibc
#endif

/// What `solve` prints.
struct SolveReport {
  let report: Report

  init(
    _ solution: Solution, of graph: CostGraph, seconds: Double, explanation: SolutionExplanation?
  ) throws {
    let names = graph.deviceNames
    var table = Table(
      title: "Stages",
      columns: [
        .init("Stage"), .init("Device"), .init("Operators"), .init("Time", unit: .milliseconds),
      ])
    for (index, stage) in solution.stages.enumerated() {
      let devices = stage.devices.map { names[$0] }.joined(separator: "+")
      table.append(
        [
          .integer(index), .text(devices), .integer(stage.operators.count), .number(stage.load),
        ], isEmphasized: stage.load == solution.bottleneck)
    }
    let gap = solution.gapPercent(objective: graph.problem.objective)
    let isLatency =
      if case .latencyWithinBottleneck = graph.problem.objective { true } else { false }
    let value =
      isLatency ? "latency \(solution.latency) ms" : "bottleneck \(solution.bottleneck) ms"
    var notes = [
      solution.isOptimal
        ? "\(value), proven optimal"
        : "\(value), not proven: no cut is below \(solution.lowerBound) ms"
          + (gap.map { " (gap \(($0 * 100).rounded() / 100) %)" } ?? "")
    ]
    notes += explanation?.lines ?? []
    report = Report(
      tables: [table], notes: notes, summary: try .now(),
      members: [
        "bottleneck_ms": .number(solution.bottleneck),
        "lower_bound_ms": .number(solution.lowerBound),
        "gap_percent": JSONValue(gap),
        "latency_ms": .number(solution.latency),
        "optimal": .bool(solution.isOptimal),
        "proof": .string(solution.proof.rawValue),
        "stages": .array(solution.stages.map { Self.stage($0, graph, names) }),
        "seconds": .number(seconds),
        "peak_memory_mib": JSONValue(Self.peakMemory),
        "states": .integer(solution.statesVisited),
        "bottleneck_stage": JSONValue(explanation?.bottleneckStage),
        "explanation": explanation.map { JSONValue($0.lines) } ?? .null,
      ])
  }

  private static func stage(
    _ stage: Solution.Stage, _ graph: CostGraph, _ names: [String]
  ) -> JSONValue {
    [
      "device": .string(names[stage.device]),
      "copies": JSONValue(stage.devices.map { names[$0] }),
      "time_ms": .number(stage.load),
      "nodes": .array(
        stage.operators.map { member in
          switch graph.nodes[member] {
          case .number(let number): .integer(number)
          case .text(let text): .string(text)
          }
        }),
    ]
  }

  /// High-water mark of this process, in MiB.
  private static var peakMemory: Double? {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    return Double(usage.ru_maxrss) / 1024
  }
}

extension Solution {
  /// How far the value may be from the best, in percent; nil without a bound.
  func gapPercent(objective: Objective) -> Double? {
    let value: Double
    if case .latencyWithinBottleneck = objective { value = latency } else { value = bottleneck }
    if isOptimal { return 0 }
    guard lowerBound > 0, value.isFinite else { return nil }
    return 100 * (value / lowerBound - 1)
  }
}
