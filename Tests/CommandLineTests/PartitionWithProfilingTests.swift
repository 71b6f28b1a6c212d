import Foundation
import Testing
import _IsocutTestSupport

/// `isocut partition-with-profiling` with doubles of the vendor's compiler and device library; the
/// segments run on the CPU.
@Suite("Partition with profiling", .serialized, .needsTFLite) struct PartitionWithProfilingTests {
  private static let segmentFiles = [0, 1].flatMap { index in
    [".tflite", "_edgetpu.log", "_edgetpu.tflite"].map {
      "my model_segment_\(index)_of_2\($0)"
    }
  }

  @Test(
    "leaves the vendor's files and a bundle, in both forms of its flags",
    arguments: [
      [
        "--model_path=my model.tflite", "--output_dir=out", "--num_segments=2",
        "--delegate_search_step=4", "--search", "equal-parameters",
      ],
      [
        "-model_path", "my model.tflite", "-output_dir", "out", "-num_segments", "2",
        "-delegate_search_step", "4", "-diff_threshold_ns", "900000000", "-device_type=pcionly",
        "-initial_lower_bound_ns", "-1", "-initial_upper_bound_ns=-1",
      ],
    ])
  func vendorsFiles(words: [String]) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let cut = try await double.isocut(
        ["partition-with-profiling"] + words + ["--format", "json"])
      try #require(cut.exitCode == 0, "\(cut.standardError)")
      let report = try cut.json()
      #expect(report["verified"] as? Bool == true)
      #expect(try #require(report["bottleneck_ms"] as? Double) > 0)
      #expect(
        report["segments"] as? [String]
          == [0, 1].map { "out/my model_segment_\($0)_of_2_edgetpu.tflite" })
      #expect(try double.files(in: "out") == ["my model.isocut"] + Self.segmentFiles)
      #expect(
        try double.files(in: "out/my model.isocut") == Self.segmentFiles + ["plan.json"])
      #expect(double.compiled.allSatisfy { $0.hasSuffix("segments=1 step=4 search=yes") })

      let verify = try await double.isocut(
        ["verify", "out/my model.isocut", "--format", "json"])
      #expect(verify.exitCode == 0, "\(verify.standardError)")
      #expect(try verify.json()["bit_exact"] as? Bool == true)
      let run = try await double.isocut(["run", "out/my model.isocut", "--output", "outputs"])
      #expect(run.exitCode == 0, "\(run.standardError)")
    }
  }

  @Test("opens a device on USB again where it failed at first")
  func usbFailures() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let run = try await double.isocut(
        ["partition-with-profiling", "--model_path", "my model.tflite"]
          + ["--output_dir=out", "--num_segments=2", "--search=equal-parameters"],
        devices: "usb,usb", refusals: 1)
      #expect(run.exitCode == 0, "\(run.standardError)")
    }
  }

  @Test("says what the compiler said where no segment compiles, and leaves nothing")
  func compilerFails() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let run = try await double.isocut(
        ["partition-with-profiling", "--model_path=my model.tflite"]
          + ["--output_dir=out", "--num_segments=2"], mode: "not-quantized")
      #expect(run.exitCode == 78)
      #expect(run.standardError.contains("the model is not quantized; quantize all operators"))
      #expect(try double.files(in: ".") == ["my model.tflite"])
    }
  }

  @Test(
    "needs a device for each segment, of the type asked for",
    arguments: [
      ("too-few", ["--num_segments=4"], "pci,pci,usb"),
      ("too-few-usb", ["--num_segments=2", "--device_type=usbonly"], "pci,pci,usb"),
      ("none", ["--num_segments=2"], ""),
    ])
  func devices(name: String, words: [String], devices: String) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let run = try await double.isocut(
        ["partition-with-profiling", "--model_path=my model.tflite", "--output_dir=out"] + words,
        devices: devices)
      #expect(run.exitCode == 69)
      expectSnapshot(run.standardError, named: "command-line/error-edgetpu-devices-\(name)")
      #expect(try double.files(in: ".") == ["my model.tflite"])
      #expect(double.compiled.isEmpty)
    }
  }

  @Test("without tools ends at once, names all that is missing, and leaves nothing")
  func nothingHere() async throws {
    try await withTemporaryFolder { folder in
      let model = TestData.url("tflite/split_concat.tflite").path
      let run = try await CommandLineRun(
        ["partition-with-profiling", "--model_path", model, "--num_segments", "2"]
          + ["--output_dir", "out", "--store", "store.sqlite"], in: folder,
        environment: [
          "ISOCUT_TFLITE": "/nowhere/libtensorflowlite_c.so",
          "ISOCUT_EDGETPU": "/nowhere/libedgetpu.so.1",
          "ISOCUT_EDGETPU_COMPILER": "/nowhere/edgetpu_compiler",
        ])
      #expect(run.exitCode == 69)
      #expect(run.standardOutput.isEmpty)
      expectSnapshot(run.standardError, named: "command-line/error-edgetpu-nothing")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test(
    "refuses by name what is wrong or has no effect",
    arguments: [
      ("one-segment", "-num_segments=1"),
      ("one-bound", "-num_segments=2 -initial_lower_bound_ns=5"),
      ("no-effect", "-num_segments=2 -partition_search_step 2 --search certified"),
      ("no-step", "-num_segments=2 --delegate_search_step=0"),
      ("device-type", "-num_segments=2 -device_type gpu"),
      ("unknown", "-num_segments=2 --partition_step=1"),
      ("no-model", "--num_segments=2 --model_path="),
      ("no-count", ""),
    ])
  func usage(name: String, words: String) async throws {
    let model = TestData.url("tflite/split_concat.tflite").path
    let run = try await CommandLineRun(
      ["partition-with-profiling", "--model_path=" + model]
        + words.split(separator: " ").map(String.init), in: "/")
    #expect(run.exitCode == 64)
    expectSnapshot(run.standardError, named: "command-line/error-edgetpu-\(name)")
  }
}
