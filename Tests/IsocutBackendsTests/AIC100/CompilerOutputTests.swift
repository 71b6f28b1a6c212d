import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite struct CompilerOutputTests {
  @Test func thePublishedLogIsRead() throws {
    let text = try TestData.text("cloud-ai-100/logs/compile_perf_metrics_bert.txt")
    let output = CompilerOutput(parsing: text)
    #expect(output.model == "bert_base_cased_onnx/model_fix_outofrange_fp16.onnx")
    #expect(output.precision == "FP16")
    #expect(output.programFolder == "./compiled_fp16")
    #expect(output.traffic.readKilobytes == 168941)
    #expect(output.traffic.constantReadKilobytes == 168077)
    #expect(output.traffic.spilledKilobytes == 864)
    #expect(output.traffic.writtenKilobytes == 1729)
    #expect(output.traffic.fastMemoryBytes == 8_323_072)
    #expect(output.traffic.constantBytes == 215_076_864)
  }

  @Test(arguments: [
    (Int32(1), "Generated binary is present at out", true, "failed with exit status 1"),
    (0, "Compile started ...............", true, "did not report a program"),
    (0, "Generated binary is present at out", false, "reported a program but wrote no"),
  ])
  func eachMissingSignOfSuccessIsAFailure(
    status: Int32, text: String, programExists: Bool, message: String
  ) {
    let error = #expect(throws: IsocutError.self) {
      try CompilerOutput.checked(
        standardOutput: text, standardError: "a\nb\nunsupported operator Foo", status: status,
        programExists: programExists)
    }
    #expect(error?.code == .vendorTool)
    #expect(error?.message.contains(message) == true)
    #expect(error?.message.hasSuffix("| unsupported operator Foo") == true)
  }

  @Test func warningsAreKept() throws {
    let output = try CompilerOutput.checked(
      standardOutput: """
        Reading ONNX Model from m.onnx
        WARNING: NODE/ contains value or values that will underflow in FP16
        Generated binary is present at out
        """,
      standardError: "", status: 0, programExists: true)
    #expect(output.warnings.count == 1)
    #expect(output.traffic == MemoryTraffic())
  }
}
