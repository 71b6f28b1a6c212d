import Foundation
package import IsocutBackends
import IsocutGraph

/// A folder from which a result can be had again without isocut: `reproduce.sh` with the exact
/// lines, and the configuration as the vendor's JSON and CSV files.
package struct ResultFolder: Sendable {
  package static let script = "reproduce.sh"

  package var path: String
  package var program: AICProgram
  package var point: AICPoint
  package var run: RunCommand
  /// Nil where the options were given as they are.
  package var configuration: AICConfiguration?

  /// - Parameter programFolder: where the script compiles to, below `path`.
  package init(
    path: String, program: AICProgram, point: AICPoint, measuredBy machine: ProgramMeasurer,
    programFolder: String = "program", configuration: AICConfiguration? = nil
  ) {
    self.path = path
    self.program = program
    self.program.compile = program.compile.writing(to: programFolder)
    self.point = point
    run = self.program.run(
      executable: machine.tools.runner, device: machine.device.qid, setSize: point.setSize,
      length: machine.length)
    self.configuration = configuration
  }

  /// - Throws: `IsocutError` `.cannotCreate`.
  package func write() throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try write(script.text, as: Self.script)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: "\(path)/\(Self.script)")
      if let configuration {
        try write(
          ConfiguratorFile(measuring: configuration, setSize: point.setSize).text,
          as: "configuration.json")
        try write(ConfigurationTable.text([configuration]), as: "configuration.csv")
      }
    } catch {
      throw IsocutError(.cannotCreate, "cannot write the result to \(path)", cause: error)
    }
  }

  private var script: ReproduceScript {
    var measured = ["isocut measured \(point.result.rate) inferences a second"]
    if let latency = point.latency {
      measured.append(
        """
        and in a run of its own, queueing included, a latency of \(latency.p50Milliseconds) ms \
        (median) and \(latency.p95Milliseconds) ms (95 of 100 stay below)
        """)
    }
    return ReproduceScript(
      compile: program.compile, runs: [run], environment: point.environment, measured: measured)
  }

  private func write(_ text: String, as name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name), options: .atomic)
  }
}
