import Foundation
package import Testing

/// Python with the packages that `scripts/setup` brought: the stock tools that results are held
/// against.
package enum PythonPeer {
  /// The project's folder.
  package static let projectFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  package static let isSetUp = FileManager.default.fileExists(
    atPath: projectFolder + "/.setup/python/onnxruntime")

  /// Runs `python3` in the project's folder; standard error goes to the test's own.
  package static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let (status, output) = try TestProcess.run(
      ["/usr/bin/env", "python3"] + arguments, in: projectFolder,
      environment: [
        "PYTHONPATH": projectFolder + "/.setup/python", "ORT_DISABLE_TELEMETRY": "1",
      ])
    return (status, output)
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips the test where the Python packages are missing; `ISOCUT_REQUIRE_ENGINES=1` forbids that.
  package static var needsPython: Self {
    let isRequired = ProcessInfo.processInfo.environment["ISOCUT_REQUIRE_ENGINES"] == "1"
    return .enabled(
      if: PythonPeer.isSetUp || isRequired, "the Python packages are missing; run scripts/setup")
  }
}
