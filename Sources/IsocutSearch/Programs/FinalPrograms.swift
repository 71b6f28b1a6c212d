import Foundation
import IsocutBackends
package import IsocutGraph

/// The programs of the best cut, as they were measured side by side.
struct FinalPrograms: Sendable {
  /// In the order of the stages.
  var programs: [AICProgram]
  /// The set size with the highest rate of the slowest program.
  var setSize: Int
  var environment: AICEnvironment
  /// Executions a second of the slowest program, by set size.
  var rates: [(setSize: Int, executionsPerSecond: Double)]

  /// Sentences for a plan.
  var notes: [String] {
    let cores = programs.enumerated().map { index, program in
      "stage \(index) on \(program.layout.cores) core\(program.layout.cores == 1 ? "" : "s")"
    }
    let instances = programs.first?.layout.instances ?? 1
    let shown = rates.map {
      "\(String(format: "%.1f", $0.executionsPerSecond)) at set size \($0.setSize)"
    }
    let hasMOS = programs.contains { $0.layout.mos != .compilerDefault }
    return [
      """
      isocut cut the model, and each stage is a program: \(cores.joined(separator: ", "))\
      \(instances == 1 ? "" : ", in \(instances) instances")\
      \(hasMOS ? "" : "; the compiler chose MOS").
      """,
      """
      Items a second of the slowest program with all of them running at the same time: \
      \(shown.joined(separator: ", ")).
      """,
      """
      Each program was measured with its own transfers to and from the host; handing tensors from \
      one program to the next is not measured.
      """,
      """
      The stage files were verified on ONNX Runtime's CPU kernels; what the vendor's compiler makes \
      of them was not compared with them.
      """,
    ] + environment.lines
  }
}

extension ProgramBench {
  package func describe(_ plan: inout Plan) async throws {
    plan.backend = AICTools.backendName
    plan.environment.engine = AICTools.backendName
    plan.environment.engineVersion = machine.sdk ?? "unknown"
    plan.notes += final?.notes ?? []
  }

  /// Adds the programs, and the script that makes and runs them without isocut.
  package func finish(_ plan: inout Plan, in folder: String) async throws {
    guard let final else { return }
    // The cache may have lost what is known to the store.
    try await compile(final.programs)
    let names = plan.stages.map(\.file)
    do {
      try FileManager.default.createDirectory(
        atPath: folder + "/programs", withIntermediateDirectories: true)
      for (index, program) in final.programs.enumerated() {
        try FileManager.default.copyItem(
          atPath: program.compile.outputFolder, toPath: "\(folder)/programs/stage_\(index)")
      }
    } catch {
      throw IsocutError(cannotCreate: "cannot copy the programs to \(folder)", cause: error)
    }
    let programs = final.programs.enumerated().map { index, program in
      var program = program
      let model = program.compile.arguments.value(of: "m") ?? ""
      program.compile = program.compile.writing(to: "reproduced-stage-\(index)")
      program.compile.arguments = program.compile.arguments.absolutePaths
        .replacingValues([model: names[index]])
      return program
    }
    let runs = programs.map { program in
      program.run(
        executable: machine.tools.runner, device: machine.device.qid, setSize: final.setSize,
        length: machine.length)
    }
    let rate = final.rates.first { $0.setSize == final.setSize }?.executionsPerSecond ?? 0
    try ReproduceScript(
      compiles: programs.map(\.compile), runs: runs, environment: final.environment,
      measured: [
        "isocut measured \(rate) executions a second of the slowest program, all running at once"
      ]
    ).write(inFolder: folder)
  }
}
