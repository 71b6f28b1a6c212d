import ArgumentParser
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutReport
import IsocutWorker

struct BackendsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backends",
    abstract: "Show which backends can be used here, and how to get those that cannot.",
    discussion: """
      Examples:
        isocut backends
        isocut backends --onnxruntime /opt/onnxruntime/lib/libonnxruntime.so --format json
      """)

  @OptionGroup var libraries: LibraryOptions

  @OptionGroup(title: "Result") var output: ReportOptions

  func run() throws {
    try output.check()
    let machine = MachineDescription.current()
    var table = Table(
      title: "Backends",
      columns: [
        .init("Backend"), .init("Models", key: "format"), .init("State"), .init("Version"),
        .init("Runs stages", key: "executes"),
        .init("Simulated"), .init("Library"),
      ])
    var notes: [String] = []
    var rows: [JSONValue] = []
    for name in BackendSelection.allNames {
      let backend = try BackendSelection(name: name, library: libraries[name]).make()
      let availability = backend.availability()
      switch availability {
      case .ready(let version, let library, let details):
        table.append([
          .text(name), .text(backend.format.title), .text("ready"), .text(version),
          .flag(backend.executes),
          .flag(backend.isSimulated), library.isEmpty ? .missing : .text(library),
        ])
        notes += details.map { "\(name): \($0)" }
      case .unavailable(let reason, let remedy):
        table.append([
          .text(name), .text(backend.format.title), .text("unavailable"), .missing,
          .flag(backend.executes),
          .flag(backend.isSimulated), .missing,
        ])
        notes.append("\(name): \(reason). \(remedy).")
      }
      rows.append(Self.json(name, backend, availability))
    }
    let cores = AllowedCores.current
    notes.append(
      "Cores this process may use: \(CoreList.text(cores)) (\(machine.cpuModel), \(machine.caches))."
    )
    try output.write(
      Report(
        tables: [table], notes: notes, summary: .now(),
        members: [
          "backends": .array(rows), "cpus": JSONValue(cores),
          "cpu_model": .string(machine.cpuModel),
        ]))
  }

  private static func json(
    _ name: String, _ backend: any Backend, _ availability: Availability
  ) -> JSONValue {
    let common: JSONValue = [
      "name": .string(name), "format": .string(backend.format.rawValue),
      "executes": .bool(backend.executes), "simulated": .bool(backend.isSimulated),
    ]
    switch availability {
    case .ready(let version, let library, let details):
      return common.merging([
        "available": true, "version": .string(version), "library": .string(library),
        "details": JSONValue(details), "reason": nil, "remedy": nil,
      ])
    case .unavailable(let reason, let remedy):
      return common.merging([
        "available": false, "version": nil, "library": nil, "details": [],
        "reason": .string(reason), "remedy": .string(remedy),
      ])
    }
  }
}
