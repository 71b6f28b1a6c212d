import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

/// The driver of the SDK's tools against their double (`Tests/Doubles/qaic`).
@Suite("Cloud AI 100 tools") struct AICToolsTests {
  private static let double = PythonPeer.projectFolder + "/Tests/Doubles/qaic"

  /// The double, in which `mode` goes wrong.
  private static func tools(_ mode: String = "") -> AICTools {
    var environment = ProcessInfo.processInfo.environment
    environment["ISOCUT_QAIC"] = double
    environment["QAIC_DOUBLE"] = mode
    return AICTools(environment: environment)
  }

  private static func compile(_ tools: AICTools, in folder: String) -> CompileCommand {
    let configuration = AICConfiguration(
      layout: NSPLayout(cores: 4, clusterSizes: [2, 2], mos: .perCluster([1, 2]), instances: 3),
      batchSize: 8)
    return CompileCommand(
      executable: tools.compiler, model: double + "/README.md",
      configuration: configuration, options: ["-convert-to-fp16"],
      outputFolder: folder + "/programs/one")
  }

  private static func run(_ tools: AICTools, in folder: String) -> RunCommand {
    RunCommand(
      executable: tools.runner, programFolder: folder + "/programs/one", device: 0, instances: 3,
      setSize: 4, length: .seconds(1))
  }

  @discardableResult private static func compiled(
    _ tools: AICTools, in folder: String, files: [String: String] = ["model": "hash"],
    timeout: Duration = .seconds(60)
  ) throws -> CompilerOutput? {
    let command = compile(tools, in: folder)
    return try tools.compile(
      command, record: CompileRecord(command: command, files: files, sdk: "double"),
      timeout: timeout)
  }

  @Test func aProgramIsCompiledRunAndItsLatencyRead() throws {
    try withTemporaryFolder { folder in
      let tools = Self.tools()
      let output = try Self.compiled(tools, in: folder)
      #expect(output?.precision == "FP16")
      let run = Self.run(tools, in: folder)
      // As the double makes them up: 100 x cores x instances x 1.25 x set / (set + 1) x batch.
      let result = try tools.run(run, timeout: .seconds(60))
      #expect(result.rate == 9600)
      #expect(result.executions == 1200)
      let latencies = folder + "/latencies"
      try FileManager.default.createDirectory(
        atPath: latencies, withIntermediateDirectories: true)
      let latency = try tools.latency(run, in: latencies, timeout: .seconds(60))
      #expect(latency.p50Milliseconds == 10)
      #expect(latency.p95Milliseconds == 10)
    }
  }

  @Test func aProgramIsCompiledOnceAndAnewForAnotherModel() throws {
    try withTemporaryFolder { folder in
      let tools = Self.tools()
      let first = try Self.compiled(tools, in: folder)
      let second = try Self.compiled(tools, in: folder)
      let other = try Self.compiled(tools, in: folder, files: ["model": "other"])
      #expect(first != nil && second == nil && other != nil)
      let programs = try FileManager.default.contentsOfDirectory(atPath: folder + "/programs")
      #expect(programs == ["one"])
    }
  }

  @Test func aFolderThatIsocutDidNotMakeIsLeftAlone() throws {
    try withTemporaryFolder { folder in
      let mine = folder + "/programs/one/mine.txt"
      try FileManager.default.createDirectory(
        atPath: folder + "/programs/one", withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: URL(fileURLWithPath: mine))
      let error = #expect(throws: IsocutError.self) {
        try Self.compiled(Self.tools(), in: folder)
      }
      #expect(error?.code == .cannotCreate)
      #expect(FileManager.default.fileExists(atPath: mine))
    }
  }

  @Test(arguments: [
    (
      "compile-error",
      "qaic-compile failed with exit status 1; it said: Reading ONNX Model from"
    ),
    ("compile-no-line", "qaic-compile did not report a program"),
    ("compile-no-file", "qaic-compile reported a program but wrote no programqpc.bin"),
    ("compile-hang", "qaic-compile did not end within 0.2 seconds"),
    ("compile-killed", "qaic-compile was killed from outside by signal 9"),
  ])
  func aCompilationThatFailsLeavesNothing(mode: String, message: String) throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: IsocutError.self) {
        try Self.compiled(
          Self.tools(mode), in: folder,
          timeout: mode == "compile-hang" ? .milliseconds(200) : .seconds(60))
      }
      #expect(error?.code == .vendorTool)
      #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test(arguments: [
    ("run-error", "qaic-runner printed no result line (exit status 1); it said: Inference run fai"),
    ("not-ready", "qaic-runner printed no result line (exit status 1); it said: Device:0 not in"),
    ("run-no-line", "qaic-runner printed no result line (exit status 0)"),
    ("unknown-option", "qaic-runner printed no result line (exit status 0); it said: Usage:"),
    ("run-hang", "qaic-runner did not end within 0.2 seconds"),
  ])
  func aRunWithoutAResultLineFailedWhateverItsStatus(mode: String, message: String) throws {
    try withTemporaryFolder { folder in
      try Self.compiled(Self.tools(), in: folder)
      let tools = Self.tools(mode)
      let error = #expect(throws: IsocutError.self) {
        try tools.run(
          Self.run(tools, in: folder),
          timeout: mode == "run-hang" ? .milliseconds(200) : .seconds(60))
      }
      #expect(error?.code == .vendorTool)
      #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }
  }

  @Test func missingLatencyFilesAreAFailure() throws {
    try withTemporaryFolder { folder in
      try Self.compiled(Self.tools(), in: folder)
      let tools = Self.tools("no-latency")
      let error = #expect(throws: IsocutError.self) {
        try tools.latency(Self.run(tools, in: folder), in: folder, timeout: .seconds(60))
      }
      #expect(error?.message.hasPrefix("qaic-runner finished but wrote no latencies") == true)
    }
  }

  @Test(
    arguments: [
      ("", nil), ("device-none", "qaic-util shows no Cloud AI 100 device"),
      ("device-error", "device 0 is in state Error"),
      ("device-starting", "device 0 is still start"),
      ("device-busy", "12 cores are needed, device 0 has 2 free NSPs"),
    ] as [(String, String?)])
  func theStateOfTheDeviceDecides(mode: String, message: String?) throws {
    let query = try Self.tools(mode).devices()
    do {
      let device = try query.device(nil, cores: 12)
      #expect(message == nil)
      #expect(device.temperature == 41.5)
      #expect(device.totalNSPs == 14)
    } catch let error as IsocutError {
      let expected = try #require(message)
      #expect(error.code == .unavailable)
      #expect(error.message.hasPrefix(expected))
    }
  }

  @Test func aDriverThatHangsIsSaid() {
    var tools = Self.tools("device-hang")
    tools.patience = .milliseconds(200)
    let error = #expect(throws: IsocutError.self) { try tools.devices() }
    #expect(error?.code == .unavailable)
    #expect(error?.message.hasPrefix("qaic-util did not answer within 0.2 seconds") == true)
  }

  @Test func theVersionIsOneLine() {
    #expect(Self.tools().sdkVersion() == "platform:double.1.0 apps:double.1.0")
  }

  @Test func toolsAreNamedByAbsolutePathsForScriptsThatRunElsewhere() {
    let tools = AICTools(environment: ["ISOCUT_QAIC": "some/../sdk/"])
    let folder = FileManager.default.currentDirectoryPath
    #expect(tools.runner == folder + "/sdk/exec/qaic-runner")
  }

  @Test func whatIsMissingIsNamed() {
    let tools = AICTools(environment: ["ISOCUT_QAIC": "/nowhere"])
    let error = #expect(throws: IsocutError.self) { try tools.requireAll() }
    #expect(error?.code == .unavailable)
    #expect(
      error?.message == """
        qaic-compile, qaic-runner, qaic-util not found in /nowhere; install the Apps SDK and the \
        Platform SDK of Qualcomm Cloud AI, or name its folder with ISOCUT_QAIC=DIR
        """)
  }
}
