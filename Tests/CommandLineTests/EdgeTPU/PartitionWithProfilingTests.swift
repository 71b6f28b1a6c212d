import Foundation
import Testing
import _IsocutTestSupport

/// `isocut partition-with-profiling` with doubles of the vendor's compiler and device library.
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
        ["partition-with-profiling"] + words + ["--runs", "3", "--format", "json"])
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
      #expect(double.compiled.allSatisfy { $0.hasSuffix("step=4 search=yes") })
      // The log names the file beside it.
      let log = try String(
        contentsOfFile: double.folder + "/out/my model_segment_1_of_2_edgetpu.log",
        encoding: .utf8)
      #expect(log.contains("Input: my model_segment_1_of_2.tflite\n"))
      #expect(log.contains("Output: my model_segment_1_of_2_edgetpu.tflite\n"))
    }
  }

  @Test("measures the compiler's own cut first and reports it as the baseline")
  func baseline() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let run = try await double.cut(2, ["--budget=6measurements"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(double.compiled.first?.hasSuffix("segments=2 step=1 search=yes") == true)
      #expect(double.compiled.first?.hasPrefix("my model.tflite ") == true)
      #expect(double.compiled.filter { $0.contains("segments=2") }.count == 1)
      let baseline = try #require(
        try run.json()["equal_parameters_bottleneck_ms"] as? Double)
      #expect(baseline > 0)
      #expect(
        try run.notes().contains(
          "The baseline is the compiler's own split (--num_segments), compiled and measured as the compiler made it."
        ))
      // As the double cuts it, which isocut's own rule would cut elsewhere.
      let alone = try await double.cut(2, ["--search=equal-parameters"])
      #expect(try alone.stages().compactMap { $0["operators"] as? Int } == [28, 3])
    }
  }

  private static let isLong = ProcessInfo.processInfo.environment["ISOCUT_LONG_TESTS"] == "1"

  @Test(
    "cuts into two to eight segments, larger than the devices' memory",
    arguments: isLong ? [3, 4, 6, 7] : [2, 5, 8])
  func anyNumberOfSegments(count: Int) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let run = try await double.cut(
        count,
        [
          "-partition_search_step=2", "-delegate_search_step=4", "-diff_threshold_ns=100000",
          "-device_type=pcionly", "--budget=\(count + 3)measurements",
        ], ["MEMORY": "150000"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.json()["verified"] as? Bool == true)
      #expect(try run.stages().count == count)
      #expect(
        try run.notes().contains {
          $0.contains("bytes of parameters on chip") && !$0.contains(" 0 off chip")
        })
      let devices = Array(repeating: "pci", count: count).joined(separator: ",")
      try await double.expectBitExact(devices: devices)
    }
  }

  @Test("with operators on the CPU, measured with their segment")
  func operatorsOnCPU() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let run = try await double.cut(2, ["--search=equal-parameters"], ["OPERATORS": "2"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      let notes = try run.notes().filter { $0.hasPrefix("Stage ") }
      #expect(notes.count == 2)
      #expect(notes.first?.contains("2 operators on the device, 26 on the CPU: ") == true)
      try await double.expectBitExact(devices: "pci,pci")
    }
  }

  @Test("chooses devices by number, and names those of its stages")
  func chosenDevices() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await double.cut(
        2, ["--devices=2,0", "--search=equal-parameters"], devices: "pci,usb,usb")
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.devices() == ["edgetpu:2", "edgetpu:0"])
      let kinds = try run.stages().compactMap { ($0["device"] as? [String: Any])?["kind"] }
      #expect(kinds as? [String] == ["edgetpu-usb", "edgetpu-pci"])
      let missing = try await double.cut(2, ["--devices=0,3"], devices: "pci,usb,usb")
      #expect(missing.exitCode == 69)
      #expect(missing.standardError.contains("there is no Edge TPU 3 that may be used"))
    }
  }

  @Test("measures more segments than there are devices, one after the other")
  func oneDeviceForProfiling() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await double.cut(
        3, ["--devices-for-profiling=1", "--search=equal-parameters"], devices: "usb")
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.devices() == ["edgetpu:0", "edgetpu:1", "edgetpu:2"])
      #expect(try run.stages().allSatisfy { $0["measured_together_ms"] is NSNull })
      #expect(try run.stages().allSatisfy { ($0["measured_ms"] as? Double ?? 0) > 0 })
      #expect(
        try run.notes().contains("The stages were measured one after the other on edgetpu:0."))
      #expect(Set(double.opened) == ["/sys/bus/usb/devices/1-0"])
    }
  }

  @Test("opens a device on USB again where it failed at first, within a limit")
  func usbFailures() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await double.cut(
        2, ["--search=equal-parameters"], devices: "usb,usb", ["REFUSALS": "1"])
      #expect(run.exitCode == 0, "\(run.standardError)")
      let dead = try await double.cut(
        2, ["--search=equal-parameters", "--no-store"], devices: "usb,usb", ["REFUSALS": "99"])
      #expect(dead.exitCode == 69)
      #expect(
        dead.standardError.contains(
          /error: the Edge TPU \/sys\/bus\/usb\/devices\/1-[01] does not open in 4 attempts/))
    }
  }

  @Test(
    "says what the compiler said where no segment compiles, and leaves nothing",
    arguments: ["not-quantized", "large-activations", "crash", "damaged-file"])
  func compilerFails(mode: String) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let run = try await double.cut(2, ["--search=equal-parameters"], mode: mode)
      #expect(run.exitCode == 76)
      let message = run.standardError.replacing(/\/\S*edgetpu_compiler: line/, with: "line")
      expectSnapshot(message, named: "command-line/error-edgetpu-compiler-\(mode)")
      #expect(try double.files(in: ".") == ["my model.tflite"])
    }
  }

  @Test("ends a compiler that hangs at its time limit")
  func compilerHangs() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let start = ContinuousClock.now
      let run = try await double.cut(
        2, ["--search=equal-parameters", "--compile-time=0.3s"], mode: "hang")
      #expect(run.exitCode == 76)
      #expect(run.standardError.contains("it did not end within 0.3 seconds"))
      #expect(ContinuousClock.now - start < .seconds(60))
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

  @Test(
    "refuses by name what is wrong or has no effect",
    arguments: [
      ("one-segment", "-num_segments=1"),
      ("one-bound", "-num_segments=2 -initial_lower_bound_ns=5"),
      (
        "crossed-bounds",
        "-num_segments=2 -initial_lower_bound_ns=5 -initial_upper_bound_ns=5 --search libcoral"
      ),
      ("no-effect", "-num_segments=2 -partition_search_step 2 --search certified"),
      ("no-step", "-num_segments=2 --delegate_search_step=0"),
      ("device-type", "-num_segments=2 -device_type gpu"),
      ("unknown", "-num_segments=2 --partition_step=1"),
      ("no-model", "--num_segments=2 --model_path="),
      ("no-count", ""),
      ("devices-twice", "--num_segments=2 --devices 1,1"),
      ("too-many-devices", "--num_segments=2 --devices 0,1,2"),
      ("too-many-measuring", "--num_segments=2 --devices-for-profiling 3"),
      ("no-runs", "--num_segments=2 --runs 0"),
      ("no-compile-time", "--num_segments=2 --compile-time 0s"),
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
