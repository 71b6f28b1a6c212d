import Foundation
import Testing
import _IsocutTestSupport

/// One run of the built `isocut` as a process of its own: what it wrote and how it ended.
struct CommandLineRun {
  var standardOutput: String
  var standardError: String
  /// The exit code; minus the signal's number where a signal ended the process.
  var exitCode: Int32

  /// Runs `isocut` with `arguments`.
  ///
  /// - Parameters:
  ///   - folder: the working folder.
  ///   - seconds: the process is killed after that long.
  ///   - environment: beside that of the tests.
  init(
    _ arguments: [String], in folder: String, seconds: Double = 300,
    environment: [String: String] = [:]
  ) async throws {
    try await self.init(
      program: Self.executable(), arguments: arguments, in: folder, seconds: seconds,
      environment: environment)
  }

  /// Runs a shell script in which `$isocut` is the built program.
  init(
    script: String, in folder: String, seconds: Double = 300, environment: [String: String] = [:]
  ) async throws {
    try await self.init(
      program: "/bin/sh", arguments: ["-c", script], in: folder, seconds: seconds,
      environment: environment)
  }

  private init(
    program: String, arguments: [String], in folder: String, seconds: Double,
    environment: [String: String] = [:]
  ) async throws {
    // Files rather than pipes: nobody has to read while the process runs.
    let captured = FileManager.default.temporaryDirectory
      .appendingPathComponent("isocut-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: captured, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: captured) }
    func file(_ name: String) throws -> (url: URL, handle: FileHandle) {
      let url = captured.appendingPathComponent(name)
      try Data().write(to: url)
      return (url, try FileHandle(forWritingTo: url))
    }
    let (output, error) = (try file("output"), try file("error"))

    let variables = [
      "COLUMNS": "80", "LC_ALL": "C", "ORT_DISABLE_TELEMETRY": "1",
      // Each run begins without measurements, and none is left in the user's cache.
      "XDG_CACHE_HOME": captured.path,
      "isocut": try Self.executable(),
    ]
    let process = try TestProcess(
      [program] + arguments, in: folder,
      environment: variables.merging(environment) { _, new in new }, output: output.handle,
      error: error.handle, seconds: seconds)
    exitCode = await process.end()
    standardOutput = String(decoding: try Data(contentsOf: output.url), as: UTF8.self)
    standardError = String(decoding: try Data(contentsOf: error.url), as: UTF8.self)
  }

  /// A shell function for scripts: waits until a command succeeds. One that never does is a failure,
  /// not a test that hangs.
  static let shellAwait =
    #"await() { for turn in $(seq 4000); do "$@" && return; sleep 0.05; done; return 1; }"#

  /// Standard output as a JSON object.
  func json() throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(standardOutput.utf8)) as? [String: Any])
  }

  /// The built program, which lies beside the program that runs the tests.
  static func executable() throws -> String {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folders =
      [URL(fileURLWithPath: program).deletingLastPathComponent(), Bundle.main.bundleURL]
      + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    for folder in folders {
      let path = folder.appendingPathComponent("isocut").path
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw CocoaError(.fileNoSuchFile)
  }
}
