import Foundation
import Testing
import _IsocutTestSupport

/// The commands on TFLite models: what they do there is what they do on ONNX models.
@Suite("TFLite models", .serialized, .needsTFLite) struct TFLiteTests {
  private func model(_ name: String) -> String {
    TestData.url("tflite/\(name).tflite").path
  }

  private func partition(
    _ name: String, stages: Int, to bundle: String, _ more: [String] = [], in folder: String
  ) async throws -> CommandLineRun {
    try await CommandLineRun(
      [
        "partition", model(name), "--stages", String(stages), "--output", bundle, "--search",
        "equal-parameters", "--optimization-level", "basic", "--format", "json",
      ] + more, in: folder)
  }

  @Test("are cut, verified, run and measured")
  func mainJob() async throws {
    try await withTemporaryFolder { folder in
      let cut = try await partition(
        "mobilenet_v1_0.25_128_quant", stages: 2, to: "cut", in: folder)
      try #require(cut.exitCode == 0, "\(cut.standardError)")
      let report = try cut.json()
      #expect(report["backend"] as? String == "tflite")
      #expect(report["simulated"] as? Bool == false)
      #expect(report["verified"] as? Bool == true)
      #expect(try #require(report["bottleneck_ms"] as? Double) > 0)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/cut").sorted()
          == ["plan.json", "stage_0.tflite", "stage_1.tflite"])

      let verify = try await CommandLineRun(["verify", "cut", "--format", "json"], in: folder)
      #expect(verify.exitCode == 0, "\(verify.standardError)")
      #expect(try verify.json()["bit_exact"] as? Bool == true)
      #expect(try verify.json()["input_sensitive"] as? Bool == true)

      var outputs: [Data] = []
      for value in [0, 255, 0] {
        let run = try await CommandLineRun(
          ["run", "cut", "--input-value", "input=\(value)", "--output", "out", "--overwrite"],
          in: folder)
        #expect(run.exitCode == 0, "\(run.standardError)")
        let file = folder + "/out/MobilenetV1_Predictions_Reshape_1.npy"
        outputs.append(try Data(contentsOf: URL(fileURLWithPath: file)))
      }
      #expect(outputs[0] != outputs[1] && outputs[0] == outputs[2])

      let bench = try await CommandLineRun(
        [
          "bench", "cut", "--only", "pipeline", "--only", "tflite_default", "--min-time", "0.2",
          "--min-count", "5", "--format", "json",
        ], in: folder)
      #expect(bench.exitCode == 0, "\(bench.standardError)")
      let rows = try #require(try bench.json()["rows"] as? [[String: Any]])
      #expect(
        rows.compactMap { $0["configuration"] as? String } == ["pipeline", "tflite_default"])
    }
  }

  @Test("have no shared sessions, so bench does not offer them")
  func benchRows() async throws {
    try await withTemporaryFolder { folder in
      let cut = try await partition("split_concat", stages: 2, to: "cut", in: folder)
      try #require(cut.exitCode == 0, "\(cut.standardError)")
      let bench = try await CommandLineRun(
        ["bench", "cut", "--only", "one_session_callers_2"], in: folder)
      #expect(bench.exitCode == 64)
      #expect(bench.standardError.contains("tflite_default"))
    }
  }

  @Test("are measured by a worker behind a command")
  func worker() async throws {
    try await withTemporaryFolder { folder in
      let isocut = try CommandLineRun.executable()
      let run = try await partition(
        "split_concat", stages: 2, to: "cut",
        ["--worker", "env -i HOME=/dev/null sh -c \"cd / && exec \(isocut) worker\""],
        in: folder)
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.json()["verified"] as? Bool == true)
    }
  }

  @Test("with too few operators for the stages are refused")
  func tooManyStages() async throws {
    try await withTemporaryFolder { folder in
      let run = try await partition("split_concat", stages: 4, to: "cut", in: folder)
      #expect(run.exitCode == 78)
      #expect(run.standardError.contains("has 3 operators that can be cut, fewer than 4 stages"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test("with a custom operator that the engine lacks are refused by its name, and still inspected")
  func customOperator() async throws {
    try await withTemporaryFolder { folder in
      let run = try await partition("split_concat_edgetpu", stages: 2, to: "cut", in: folder)
      #expect(run.exitCode == 65)
      #expect(run.standardError.contains("needs the custom operator edgetpu-custom-op"))

      let inspect = try await CommandLineRun(
        ["inspect", model("split_concat_edgetpu"), "--format", "json"], in: folder)
      #expect(inspect.exitCode == 0, "\(inspect.standardError)")
      let report = try inspect.json()
      #expect(report["prepared"] as? Bool == false)
      let packages = try #require(report["compiled_packages"] as? [[String: Any]])
      #expect(packages.count == 1)
      #expect(packages.first?["on_chip_parameter_bytes"] as? Int == 192)
      #expect(packages.first?["input_bytes"] as? [Int] == [192, 64, 128])
      #expect((report["notes"] as? [String])?.first?.contains("edgetpu-custom-op") == true)
    }
  }

  @Test(
    "with open dimensions that their own sizes do not fit ask for a shape",
    .enabled(if: TFLiteSample.path("melspectrogram") != nil, "run scripts/setup"))
  func openDimensions() async throws {
    try await withTemporaryFolder { folder in
      let path = try #require(TFLiteSample.path("melspectrogram"))
      let without = try await CommandLineRun(
        ["partition", path, "--stages", "2", "--output", "cut"], in: folder)
      #expect(without.exitCode == 64)
      #expect(without.standardError.contains("--shape serving_default_input:0=…"))
      let with = try await CommandLineRun(
        [
          "partition", path, "--stages", "2", "--output", "cut", "--search", "equal-parameters",
          "--shape", "serving_default_input:0=1,1280",
        ], in: folder)
      #expect(with.exitCode == 0, "\(with.standardError)")
    }
  }
}
