import Foundation
import IsocutFormats
import IsocutGraph
import IsocutReport
import IsocutSearch

/// `isocut partition` as tables and JSON.
enum PartitionReport {
  static func make(_ result: Partitioner.Result) throws -> Report {
    let plan = result.plan
    return Report(
      tables: [stages(plan), summary(plan)],
      notes: (plan.simulated ? [simulatedNote] : []) + plan.notes + [
        verdict(result.verification),
        EnvironmentSummary(toolVersion: plan.toolVersion, environment: plan.environment).line,
        "Bundle: \(result.bundle)",
      ],
      json: JSONValue.object([.init(key: "bundle", value: .string(result.bundle))])
        .merging(try JSONValue(parsing: PlanFile.encode(plan)))
        .merging(["verification": try JSONValue(encoding: result.verification)]))
  }

  /// Stands in every report whose figures no device gave.
  static let simulatedNote =
    "SIMULATED: these times come from a model of a device, not from a device."

  static func stages(_ plan: Plan) -> Table {
    var table = Table(
      title: "Stages",
      columns: [
        .init("Stage"), .init("Device"), .init("Cores"), .init("Operators"),
        .init("Parameters", unit: .mebibytes), .init("Tensors in", key: "tensors_in"),
        .init("Predicted", unit: .milliseconds), .init("Measured", unit: .milliseconds),
        .init("Interval", unit: .milliseconds, key: "measured_interval_ms"),
        .init("Together", unit: .milliseconds),
      ])
    for stage in plan.stages {
      table.append([
        .integer(stage.index), .text(stage.device.id),
        .text(stage.device.cpus.map(String.init).joined(separator: ",")),
        .integer(stage.operators), .mebibytes(fromBytes: stage.parameterBytes),
        .integer(stage.inputTensors.count), Cell(stage.predictedMs), Cell(stage.measuredMs),
        Cell(
          stage.measuredIntervalMs.map { bounds in
            bounds.map { String(format: "%.3f", $0) }.joined(separator: "-")
          }),
        Cell(stage.measuredTogetherMs),
      ])
    }
    return table
  }

  static func summary(_ plan: Plan) -> Table {
    var table = Table(title: "Plan", columns: [.init("Property"), .init("Value")])
    func add(_ name: String, _ value: String?) {
      if let value { table.append([.text(name), .text(value)]) }
    }
    add("bottleneck", plan.bottleneckMs.map(milliseconds))
    add("bottleneck, all stages running", plan.bottleneckTogetherMs.map(milliseconds))
    add("busiest core", plan.coreBottleneckMs.map(milliseconds))
    if let baseline = plan.equalParametersBottleneckMs, let bottleneck = plan.bottleneckMs {
      add(
        "equal-parameter split",
        "\(milliseconds(baseline)), \(String(format: "%.2f", baseline / bottleneck)) x")
    }
    if let bound = plan.lowerBoundMs, let gap = plan.gapPercent {
      add(
        "lower bound (\(plan.certificate.rawValue))",
        "\(milliseconds(bound)), gap \(String(format: "%.1f", gap)) %")
    }
    add("optimisation level", plan.options.optimizationLevel)
    add(
      "search",
      """
      \(plan.search.rounds) rounds, \(plan.search.measurements) measurements, \
      \(plan.search.repeats.map { "\($0) repeated in turns, " } ?? "")\
      \(plan.search.reused) reused, \(String(format: "%.1f", plan.search.seconds)) s
      """)
    return table
  }

  private static func milliseconds(_ value: Double) -> String { String(format: "%.3f ms", value) }

  static func verdict(_ result: VerifyResult) -> String {
    let how =
      result.bitExact
      ? "bit-exact"
      : String(
        format: "largest difference %.3g (relative %.3g)", result.maxAbsError, result.maxRelError)
    return "Verified against the whole model on \(result.items) items: \(how)."
  }
}
