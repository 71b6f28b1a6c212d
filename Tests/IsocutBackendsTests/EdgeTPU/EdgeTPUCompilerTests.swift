import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

/// The driver of the compiler against its double (`Tests/Doubles/edgetpu`).
@Suite("Edge TPU compiler") struct EdgeTPUCompilerTests {
  private static func compiler(_ variables: [String: String] = [:]) -> EdgeTPUCompiler {
    EdgeTPUCompiler(
      path: PythonPeer.projectFolder + "/Tests/Doubles/edgetpu/edgetpu_compiler",
      environment: ProcessInfo.processInfo.environment.merging(variables) { $1 })
  }

  private struct Compiled {
    var job: CompilerJob
    var reports: [SegmentReport]
    var logs: [CompilerLog]
    var packages: [[CompiledPackage]]
  }

  /// Compiles a copy of a sample whose path has what a shell would stumble over.
  private static func compile(
    _ sample: String = "split_concat", mode: String = "", memory: Int? = nil,
    operators: Int? = nil,
    segments: Int = 1, timeout: Duration = .seconds(60)
  ) throws -> Compiled {
    try withTemporaryFolder { folder in
      let inner = folder + "/it's a \"folder\" $HOME"
      try FileManager.default.createDirectory(
        atPath: inner, withIntermediateDirectories: false)
      let model = inner + "/a model;.tflite"
      try FileManager.default.copyItem(
        at: TestData.url("tflite/\(sample).tflite"), to: URL(fileURLWithPath: model))
      let job = CompilerJob(
        model: model, outputFolder: inner, segmentCount: segments, delegateSearchStep: 3)
      let reports = try compiler([
        "EDGETPU_DOUBLE": mode, "EDGETPU_DOUBLE_MEMORY": memory.map(String.init) ?? "",
        "EDGETPU_DOUBLE_OPERATORS": operators.map(String.init) ?? "",
      ]).compile(job, timeout: timeout)
      return Compiled(
        job: job, reports: reports, logs: try job.logFiles.map(CompilerLog.init(readingFile:)),
        packages: try job.compiledFiles.map { try TFLiteFile(path: $0).compiledPackages() })
    }
  }

  @Test func whatItPrintsIsWhatItsFileHolds() throws {
    let found = try Self.compile("mobilenet_v1_0.25_128_quant", memory: 400_000)
    let report = try #require(found.reports.first)
    let package = try #require(found.packages.first?.first)
    #expect(report.outputModel == "a model;_edgetpu.tflite")
    #expect(package.cachedParameterBytes > 0)
    #expect(package.streamedParameterBytes > 100_000)
    // Two decimals of a kibibyte.
    #expect(abs(report.onChipBytes - package.cachedParameterBytes) <= 6)
    #expect(abs(report.offChipBytes - package.streamedParameterBytes) <= 6)
    #expect(report.operators == 31)
    #expect(report.operatorsOnDevice == 31)
    #expect(found.logs[0].rows.map(\.count).reduce(0, +) == 31)
    #expect(found.logs[0].reasonsForCPU == nil)
    #expect(Self.compiler().version() == "16.0.384591198")
  }

  @Test func operatorsOnTheCPUAreCountedAndExplained() throws {
    let found = try Self.compile("keras_lstm_mnist_ptq")
    #expect(found.reports.map(\.operatorsOnCPU) == [5])
    #expect(found.reports.map(\.operatorsOnDevice) == [1])
    #expect(
      found.logs[0].reasonsForCPU?.contains(
        "1 OTHER (Operation is working on an unsupported data type)") == true)
    #expect(
      found.logs[0].rows.filter(\.isMapped)
        == [CompilerLog.Row(kind: "QUANTIZE", count: 1, status: "Mapped to Edge TPU")])
  }

  @Test func operatorsAreLeftToTheCPUUntilTheRestCompiles() throws {
    let found = try Self.compile("mobilenet_v1_0.25_128_quant", operators: 20)
    #expect(found.reports[0].operatorsOnDevice == 19)
    #expect(found.reports[0].operatorsOnCPU == 12)
    #expect(
      found.logs[0].reasonsForCPU?.contains("not mapped due to some unspecified limitation")
        == true)
    #expect(found.packages[0].count == 1)
    let error = #expect(throws: IsocutError.self) { try Self.compile(operators: 0) }
    #expect(error?.message.contains("an activation tensor does not fit the chip") == true)
  }

  @Test func segmentsHaveTheVendorsNames() throws {
    let found = try Self.compile(segments: 2)
    #expect(
      found.reports.map(\.outputModel)
        == ["a model;_segment_0_of_2_edgetpu.tflite", "a model;_segment_1_of_2_edgetpu.tflite"])
    #expect(
      found.job.compiledFiles.map { URL(fileURLWithPath: $0).lastPathComponent }
        == found.reports.map(\.outputModel))
    #expect(found.packages.map(\.count) == [1, 1])
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
      throws: IsocutError.self, performing: { try Self.compile(mode: mode, segments: segments) })
    #expect(error.code == .vendorTool)
    // The folder has another name each time.
    let message = error.message.replacing(/\/[^;]*\/([^\/]*\.tflite)/) { String($0.output.1) }
      .replacing(/\/\S*edgetpu_compiler: line/, with: "edgetpu_compiler: line")
    expectSnapshot(message + "\n", named: "edgetpu/compiler-\(mode)")
  }

  @Test func aHangEndsAtTheTimeLimit() throws {
    let start = ContinuousClock.now
    let error = #expect(throws: IsocutError.self) {
      try Self.compile(mode: "hang", timeout: .milliseconds(200))
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
