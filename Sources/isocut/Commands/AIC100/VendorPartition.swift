import IsocutBackends
import IsocutGraph
import IsocutProfile
import IsocutReport
import IsocutSearch

/// `isocut partition --backend aic100`: one program that the vendor's compiler cuts into clusters.
struct VendorPartition {
  /// The flags of `isocut partition` that it takes.
  static let flags = [
    "--backend", "--print-commands", "--output", "--overwrite", "--store", "--no-store",
    "--format", "--report", "--color",
  ]
  /// Why it takes no others.
  static let remedy = """
    the vendor's compiler cuts, by its own options behind --, such as -sdp-cluster-sizes=7,7; give \
    --stages to have isocut cut
    """

  var split: VendorSplit
  var output: String
  var overwrites: Bool

  func printCommands() throws {
    let commands = try split.commands(tools: AICTools(), output: output)
    try Terminal.standardOutput.writeResult(
      commands.map { $0.shellLine + "\n" }.joined())
  }

  func run(_ store: StoreOptions, _ report: ReportOptions) async throws {
    let tools = AICTools()
    // Before the store is opened: without the tools nothing is written.
    try split.check()
    try tools.requireAll()
    let opened = try store.open()
    let progress = Progress()
    defer { progress.clear() }
    let (split, output, overwrites) = (split, output, overwrites)
    let result = try await BlockingThread.run("isocut partition") {
      try split.run(
        tools: tools, store: opened, output: output, overwrites: overwrites,
        isInterrupted: { Interruption.isRequested }, report: { progress.doing($0) })
    }
    progress.clear()
    try report.write(try Self.report(result))
  }

  private static func report(_ result: VendorSplit.Result) throws -> Report {
    var table = Table(
      title: "Program",
      columns: [
        .init("Set size"), .init("Throughput", unit: .itemsPerSecond),
        .init("p50", unit: .milliseconds), .init("p95", unit: .milliseconds), .init("Best"),
        .init("Status"),
      ])
    for point in result.points {
      let isBest = point == result.best
      table.append(
        [
          .integer(point.setSize), .number(point.result.rate),
          Cell(point.latency?.p50Milliseconds), Cell(point.latency?.p95Milliseconds),
          .flag(isBest), .text("measured"),
        ], isEmphasized: isBest)
    }
    for failure in result.failures {
      table.append([
        .integer(failure.setSize), .missing, .missing, .missing, .flag(false),
        .text("failed: " + failure.reason),
      ])
    }
    let layout = result.layout
    let problems = result.points.compactMap(\.latencyProblem)
    return Report(
      tables: [table],
      notes: [
        "The vendor's compiler cut the model; isocut did not look into its clusters."
      ] + (result.compiler?.notes ?? []) + [
        "p50 and p95 come from a run of their own and include the time in the queue."
      ] + problems.prefix(1) + [
        "\(result.folder): the program, and reproduce.sh, which compiles and runs it with the SDK's tools alone"
      ] + result.environment.lines,
      summary: try .now(),
      members: [
        "bundle": .string(result.folder), "backend": .string(AICTools.backendName),
        "simulated": false, "cores": .integer(layout.cores),
        "cluster_sizes": JSONValue(layout.clusterSizes), "mos": JSONValue(layout.mos.values),
        "instances": .integer(layout.instances), "sdk": JSONValue(result.environment.sdk),
        "sku": JSONValue(result.environment.sku), "rows": table.json,
        "best_set_size": JSONValue(result.best?.setSize),
        "throughput_items_per_s": JSONValue(result.best?.result.rate),
      ])
  }
}
