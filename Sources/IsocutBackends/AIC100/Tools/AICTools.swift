import Foundation
import IsocutGraph

/// The tools of the Cloud AI SDK on this machine.
package struct AICTools: Hashable, Sendable {
  /// `qaic-compile`, or `qaic-exec` of older SDKs, which takes the same options. It comes with the
  /// Apps SDK.
  package var compiler: String
  /// `qaic-runner`, of the Platform SDK.
  package var runner: String
  /// `qaic-util`, of the Platform SDK.
  package var query: String
  /// `qaic-version-util`; nothing depends on it.
  package var version: String
  /// The folder that holds `exec` and `tools`.
  package var root: String
  /// How long asking for devices may take; a driver that hangs does not answer at all.
  package var patience = Duration.seconds(30)
  /// The variables that the tools get.
  package var environment: [String: String]

  /// Looks in the folder that `ISOCUT_QAIC` names, else in `/opt/qti-aic`. Tools that are not there
  /// have the path where they should be.
  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let named = environment["ISOCUT_QAIC"].flatMap { $0.isEmpty ? nil : $0 } ?? "/opt/qti-aic"
    // Scripts name the tools, and run in other folders.
    let root = URL(fileURLWithPath: named).standardizedFileURL.path
    self.root = root
    self.environment = environment
    let newer = root + "/exec/qaic-compile"
    let older = root + "/exec/qaic-exec"
    compiler = ProgramFile.isThere(older) && !ProgramFile.isThere(newer) ? older : newer
    runner = root + "/exec/qaic-runner"
    query = root + "/tools/qaic-util"
    version = root + "/tools/qaic-version-util"
  }

  /// What is missing for compiling and measuring, and how to get it; nil where nothing is.
  package var missing: (reason: String, remedy: String)? {
    let needed = [
      ("qaic-compile", compiler, "Apps SDK"), ("qaic-runner", runner, "Platform SDK"),
      ("qaic-util", query, "Platform SDK"),
    ]
    let absent = needed.filter { !ProgramFile.isThere($0.1) }
    guard !absent.isEmpty else { return nil }
    let names = absent.map(\.0).joined(separator: ", ")
    let packages = Set(absent.map(\.2)).sorted().joined(separator: " and the ")
    return (
      "\(names) not found in \(root)",
      "install the \(packages) of Qualcomm Cloud AI, or name its folder with ISOCUT_QAIC=DIR"
    )
  }

  /// - Throws: `IsocutError` `.unavailable` naming the tools that are missing.
  package func requireAll() throws {
    guard let (reason, remedy) = missing else { return }
    throw IsocutError(.unavailable, "\(reason); \(remedy)")
  }

  /// Runs one of the tools.
  func run(
    _ words: [String], timeout: Duration, isCancelled: () -> Bool = { false }
  ) throws -> ToolRun {
    try ToolProcess.run(
      words, environment: environment, timeout: timeout, isCancelled: isCancelled)
  }
}
