import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

/// The driver of the compiler against its double (`Tests/Doubles/edgetpu`).
@Suite("Edge TPU compiler") struct EdgeTPUCompilerTests {
  private static func compiler(_ mode: String = "") -> EdgeTPUCompiler {
    EdgeTPUCompiler(
      path: PythonPeer.projectFolder + "/Tests/Doubles/edgetpu/edgetpu_compiler",
      environment: ProcessInfo.processInfo.environment.merging(["EDGETPU_DOUBLE": mode]) { $1 })
  }

  /// Compiles a file whose path has what a shell would stumble over.
  private static func compile(
    _ mode: String = "", segments: Int = 1, timeout: Duration = .seconds(60)
  ) throws -> (job: CompilerJob, reports: [SegmentReport], log: CompilerLog?) {
    try withTemporaryFolder { folder in
      let inner = folder + "/it's a \"folder\" $HOME"
      try FileManager.default.createDirectory(
        atPath: inner, withIntermediateDirectories: false)
      let model = inner + "/a model;.tflite"
      try Data(count: 8 << 20).write(to: URL(fileURLWithPath: model))
      let job = CompilerJob(
        model: model, outputFolder: inner, segmentCount: segments, delegateSearchStep: 3)
      let reports = try compiler(mode).compile(job, timeout: timeout)
      return (job, reports, try CompilerLog(readingFile: job.logFiles[0]))
    }
  }

  @Test func whatItPrintsIsRead() throws {
    let report = try #require(try Self.compile().reports.first)
    #expect(report.outputModel == "a model;_edgetpu.tflite")
    #expect(report.onChipBytes == 7 << 20)
    #expect(report.onChipBytesLeft == 0)
    #expect(report.offChipBytes == 1 << 20)
    #expect(report.operators == 84)
    #expect(report.operatorsOnDevice == 84)
    #expect(Self.compiler().version() == "16.0.384591198")
  }

  @Test func operatorsOnTheCPUAreCountedAndExplained() throws {
    let (_, reports, log) = try Self.compile("cpu-operator")
    #expect(reports.map(\.operatorsOnCPU) == [1])
    #expect(reports.map(\.operatorsOnDevice) == [83])
    #expect(log?.reasonsForCPU == "1 CUSTOM (Operation is working on an unsupported data type)")
    #expect(
      log?.rows.first
        == CompilerLog.Row(kind: "CONV_2D", count: 83, status: "Mapped to Edge TPU"))
  }

  @Test func segmentsHaveTheVendorsNames() throws {
    let (job, reports, _) = try Self.compile(segments: 2)
    #expect(
      reports.map(\.outputModel)
        == ["a model;_segment_0_of_2_edgetpu.tflite", "a model;_segment_1_of_2_edgetpu.tflite"])
    #expect(
      job.compiledFiles.map { URL(fileURLWithPath: $0).lastPathComponent }
        == reports.map(\.outputModel))
  }

  @Test(
    "names each failure, its segment and what to do",
    arguments: [
      ("not-quantized", 1), ("internal-error", 1), ("large-activations", 1), ("interpreter", 1),
      ("timeout", 1), ("crash-cpp", 2), ("crash", 1), ("version-only", 2), ("status", 1),
      ("partial", 3), ("fewer", 3), ("no-success", 1), ("no-file", 1),
    ])
  func failures(mode: String, segments: Int) throws {
    let error = try #require(
      throws: IsocutError.self, performing: { try Self.compile(mode, segments: segments) })
    #expect(error.code == .vendorTool)
    // The folder has another name each time.
    let message = error.message.replacing(/\/[^;]*\/([^\/]*\.tflite)/) { String($0.output.1) }
      .replacing(/\/\S*edgetpu_compiler: line/, with: "edgetpu_compiler: line")
    expectSnapshot(message + "\n", named: "edgetpu/compiler-\(mode)")
  }

  @Test func aHangEndsAtTheTimeLimit() throws {
    let start = ContinuousClock.now
    let error = #expect(throws: IsocutError.self) {
      try Self.compile("hang", timeout: .milliseconds(200))
    }
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(error?.code == .vendorTool)
    #expect(error?.message.contains("did not end within") == true)
  }

  @Test func aMissingCompilerIsNamed() {
    let absent = EdgeTPUCompiler(path: "/nowhere/edgetpu_compiler", environment: [:])
    #expect(absent.missing?.reason.contains("/nowhere/edgetpu_compiler") == true)
    #expect(EdgeTPUCompiler(environment: ["PATH": "/nowhere"]).missing != nil)
    let error = #expect(throws: IsocutError.self) {
      try absent.compile(CompilerJob(model: "m", outputFolder: "/nowhere"), timeout: .seconds(1))
    }
    #expect(error?.code == .unavailable)
  }

  @Test(arguments: [("0.00B", 0), ("1.50KiB", 1536), ("6.02MiB", 6_312_428), ("1.00GiB", 1 << 30)])
  func sizesAreRead(text: String, bytes: Int) {
    #expect(SegmentReport.bytes(text[...]) == bytes)
  }

  @Test(arguments: ["", "MiB", "-1B", "1.0", "1e30MiB", "nanB"])
  func otherTextsAreNoSizes(text: String) {
    #expect(SegmentReport.bytes(text[...]) == nil)
  }
}
