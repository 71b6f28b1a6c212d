import ArgumentParser
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutReport
import IsocutSearch
import IsocutWorker

struct BackendsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backends",
    abstract: "Show which backends can be used here, and how to get those that cannot.",
    discussion: """
      Examples:
        isocut backends
        isocut backends --onnxruntime /opt/onnxruntime/lib/libonnxruntime.so --format json
        isocut backends --self-test edgetpu
        isocut backends --self-test aic100
      """)

  @OptionGroup var libraries: LibraryOptions

  @Option(
    help: ArgumentHelp(
      "Compile and run a tiny model on this backend, step by step: edgetpu or aic100.",
      valueName: "backend"))
  var selfTest: String?

  @OptionGroup(title: "Result") var output: ReportOptions

  func run() throws {
    try output.check()
    if let selfTest { return try test(selfTest) }
    let machine = MachineDescription.current()
    var entries = try BackendSelection.allNames.map { name in
      BackendEntry(try BackendSelection(name: name, library: libraries[name]).make())
    }
    entries.append(BackendEntry(EdgeTPUBackend(library: libraries["tflite"])))
    entries.append(BackendEntry(AICTools()))
    var table = Table(title: "Backends", columns: BackendEntry.columns)
    for entry in entries { table.append(entry.cells) }
    var notes = entries.flatMap(\.notes)
    let cores = AllowedCores.current
    notes.append(
      "Cores this process may use: \(CoreList.text(cores)) (\(machine.cpuModel), \(machine.caches))."
    )
    try output.write(
      Report(
        tables: [table], notes: notes, summary: .now(),
        members: [
          "backends": .array(entries.map(\.json)), "cpus": JSONValue(cores),
          "cpu_model": .string(machine.cpuModel),
        ]))
  }

  private func test(_ name: String) throws {
    let steps: [SelfTestStep]
    switch name {
    case AICTools.backendName: steps = AICSelfTest.run(tools: AICTools())
    case EdgeTPUBackend.backendName: steps = EdgeTPUSelfTest.run(library: libraries["tflite"])
    default:
      throw IsocutError(
        .usage,
        """
        --self-test \(name): only \(EdgeTPUBackend.backendName) and \(AICTools.backendName) have one; \
        the tests of isocut run the others
        """)
    }
    var table = Table(
      title: "Self-test of \(name)", columns: [.init("Step"), .init("Result"), .init("Seen")])
    for step in steps {
      table.append([
        .text(step.name), .text(step.failure == nil ? "good" : "failed"), .text(step.seen),
      ])
    }
    let failure = steps.last?.failure
    try output.write(
      Report(
        tables: [table], summary: .now(),
        members: ["passed": .bool(failure == nil), "steps": table.json]))
    if let failure { throw failure }
  }
}
