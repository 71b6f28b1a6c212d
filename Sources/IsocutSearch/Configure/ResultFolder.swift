import Foundation
package import IsocutBackends
import IsocutFormats
import IsocutGraph

/// A folder from which a result can be had again without isocut: `reproduce.sh` with the exact
/// lines, and the configuration as the vendor's JSON and CSV files.
package struct ResultFolder: Sendable {
  package static let script = ReproduceScript.fileName

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

  /// Writes it in the place of what isocut wrote there before; of another result nothing is left.
  /// Where it is the same result already, what a user made of it stays.
  ///
  /// - Throws: `IsocutError` `.cannotCreate`, also where the folder holds something else.
  package func replace() throws {
    func content() -> Data? { FileManager.default.contents(atPath: "\(path)/\(Self.script)") }
    let known = content()
    guard known != Data(script.text.utf8) else { return try write() }
    let folder = try OutputFolder(creating: path, overwrites: true, marker: Self.script)
    do {
      var copy = self
      copy.path = folder.workingFolder
      try copy.write()
      try folder.commit()
    } catch {
      folder.abandon()
      // What another command put there since is as good.
      if let now = content(), now != known { return }
      throw error
    }
  }

  /// Adds its files to a folder.
  ///
  /// - Throws: `IsocutError` `.cannotCreate`.
  package func write() throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try script.write(inFolder: path)
      if let configuration {
        try write(
          ConfiguratorFile(measuring: configuration, setSize: point.setSize).text,
          as: "configuration.json")
        try write(ConfigurationTable.text([configuration]), as: "configuration.csv")
      }
    } catch {
      throw IsocutError(cannotCreate: "cannot write the result to \(path)", cause: error)
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
      compiles: [program.compile], runs: [run], environment: point.environment, measured: measured)
  }

  private func write(_ text: String, as name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name), options: .atomic)
  }
}
