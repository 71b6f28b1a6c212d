import ArgumentParser
import IsocutGraph
import IsocutReport
import IsocutSearch

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare the chain of stages with the whole model.",
    discussion: """
      Runs both on the same seeded inputs, several items and seeds, at the same optimisation level. \
      Float outputs pass within 1e-3 of the largest value, or twice what the whole model itself \
      differs by between optimisation levels; quantized ones within one step. Exit code 1 where an \
      output fails.

      Examples:
        isocut verify model.isocut
        isocut verify model.isocut --max-error 1e-5 --format json
      """)

  @OptionGroup var bundle: BundleOptions
  @OptionGroup var whole: WholeModelOptions

  @Option(
    name: .customLong("max-error"),
    help: ArgumentHelp(
      "Largest accepted difference of float outputs, relative to the largest value.",
      valueName: "share"))
  var maxError: Double?

  @OptionGroup(title: "Result") var output: ReportOptions

  func run() async throws {
    try output.check()
    if let maxError, !(maxError >= 0 && maxError.isFinite) {
      throw IsocutError(.usage, "--max-error \(maxError) is no share such as 1e-3")
    }
    let opened = try bundle.open(model: whole.model)
    try Engines.requireReady(opened.backend)
    let progress = Progress()
    progress.doing("running the stages and the whole model")
    let result: VerifyResult
    do {
      result = try await opened.verify(maxError: maxError, toolVersion: ToolVersion.current)
      progress.clear()
    } catch {
      progress.clear()
      throw error
    }
    try output.write(
      VerifyReport.make(
        result, notes: opened.differencesFromThisMachine(), summary: .now(opened.backend)))
    guard result.pass else {
      throw IsocutError(
        .checkFailed, "\(bundle.bundle) does not compute what the model computes: \(result.failure)"
      )
    }
  }
}

/// `isocut verify` as a table and JSON.
enum VerifyReport {
  static func make(
    _ result: VerifyResult, notes: [String], summary: EnvironmentSummary
  ) throws -> Report {
    var table = Table(
      title: "Stages against the whole model, \(result.items) items",
      columns: [
        .init("Output"), .init("Pass"), .init("Bit-exact", key: "bit_exact"),
        .init("Max error", key: "max_abs_error"),
        .init("Relative", key: "max_rel_error"), .init("Allowed"), .init("Criterion"),
        .init("Level spread", key: "level_spread"),
      ])
    for output in result.outputs {
      table.append([
        .text(output.name), .flag(output.pass), .flag(output.bitExact),
        .number(output.maxAbsError), .number(output.maxRelError), .number(output.allowed),
        .text(output.criterion), .number(output.levelSpread),
      ])
    }
    var notes = notes
    notes.append(result.pass ? "Pass." : "FAIL.")
    notes += sensitivity(result)
    return Report(
      tables: [table], notes: notes, summary: summary, members: try JSONValue(encoding: result))
  }

  /// What a pass is worth where outputs were not seen to depend on the inputs.
  private static func sensitivity(_ result: VerifyResult) -> [String] {
    let untried = result.outputs.filter { $0.inputSensitive == nil }
    let deaf = result.outputs.filter { $0.inputSensitive == false }.map(\.name)
    if !deaf.isEmpty {
      let which =
        deaf.count == result.outputs.count ? "no output depends" : "not all outputs depend"
      return [
        """
        Passing proves nothing for \(deaf.joined(separator: ", ")): \(which) on the inputs tried \
        (all NaN, all equal, or the same for two seeds). Partition with inputs that the model \
        reacts to: --input NAME=FILE or --input-range NAME=LOW,HIGH.
        """
      ]
    }
    if !untried.isEmpty {
      return [
        """
        Whether the outputs depend on the inputs was not tried: every input comes from a file or is \
        one value, so all items are the same.
        """
      ]
    }
    return []
  }
}
