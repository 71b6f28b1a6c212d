import Foundation
import Testing
import _IsocutTestSupport

/// Bundles for Edge TPUs in the commands that run bundles, with the doubles.
@Suite("Bundles for Edge TPUs", .serialized, .needsTFLite) struct EdgeTPUBundleTests {
  private func withBundle(_ body: (EdgeTPUDouble) async throws -> Void) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let cut = try await double.cut(2, ["--search=equal-parameters"])
      try #require(cut.exitCode == 0, "\(cut.standardError)")
      double.forget("opened.txt")
      double.forget("compiled.txt")
      try await body(double)
    }
  }

  @Test("run with one delegate for each device, verify bit by bit, and need no compiler")
  func runs() async throws {
    try await withBundle { double in
      let noCompiler = ["ISOCUT_EDGETPU_COMPILER": "/nowhere"]
      let run = try await double.isocut(
        ["run", EdgeTPUDouble.bundle], devices: "pci,pci", environment: noCompiler)
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(!run.standardOutput.contains("Warning"))
      #expect(double.opened == ["/dev/apex_0", "/dev/apex_1"])
      try await double.expectBitExact(devices: "pci,pci")
      let pipeline = try await double.isocut(
        [
          "bench", EdgeTPUDouble.bundle, "--only", "pipeline_push_pop", "--min-time", "0.06",
          "--min-count", "6", "--format", "json",
        ], devices: "pci,pci", environment: noCompiler)
      #expect(pipeline.exitCode == 0, "\(pipeline.standardError)")
    }
  }

  @Test("are compared with whole copies of the model on the same devices")
  func bench() async throws {
    try await withBundle { double in
      let words = ["bench", EdgeTPUDouble.bundle, "--min-time", "0.06", "--min-count", "6"]
      let run = try await double.isocut(
        words + ["--only", "pipeline_push_pop", "--only", "instances_1", "--only", "instances_2"]
          + ["--format", "json"], devices: "pci,pci")
      try #require(run.exitCode == 0, "\(run.standardError)")
      let rows = try #require(try run.json()["rows"] as? [[String: Any]])
      #expect(
        rows.compactMap { $0["configuration"] as? String }
          == ["pipeline_push_pop", "instances_1", "instances_2"])
      #expect(rows.allSatisfy { ($0["throughput_items_per_s"] as? Double ?? 0) > 0 })
      #expect(double.compiled.count == 1)
      #expect(Set(double.opened) == ["/dev/apex_0", "/dev/apex_1"])
      let other = try await double.isocut(
        words + ["--only", "tflite_default"], devices: "pci,pci")
      #expect(other.exitCode == 64)
      #expect(
        other.standardError.contains("pipeline, pipeline_push_pop, instances_1, instances_2"))
      let failing = try await double.isocut(words, devices: "pci,pci", mode: "crash")
      #expect(failing.exitCode == 76)
      #expect(failing.standardError.contains("--only pipeline runs the stages alone"))
    }
  }

  @Test("warn of a device behind another link")
  func otherLink() async throws {
    try await withBundle { double in
      let run = try await double.isocut(["run", EdgeTPUDouble.bundle], devices: "pci,usb")
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(
        run.standardOutput.contains(
          "Warning: stage 1 was measured on a device of the kind edgetpu-pci, and edgetpu:1 is edgetpu-usb here"
        ))
    }
  }

  @Test("warn of another CPU")
  func otherCPU() async throws {
    try await withBundle { double in
      let path = double.folder + "/" + EdgeTPUDouble.bundle + "/plan.json"
      let plan = try String(contentsOfFile: path, encoding: .utf8)
      let changed = plan.replacing(/"cpu_model"\s*:\s*"[^"]*"/) { _ in
        "\"cpu_model\": \"Cortex-A72\""
      }
      #expect(changed != plan)
      try changed.write(toFile: path, atomically: true, encoding: .utf8)
      let run = try await double.isocut(["run", EdgeTPUDouble.bundle], devices: "pci,pci")
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(run.standardOutput.contains("Warning: the plan was made with the CPU Cortex-A72"))
    }
  }

  @Test("end with an error of the stage where a device is lost or missing")
  func lostDevice() async throws {
    try await withBundle { double in
      let lost = try await double.isocut(
        ["run", EdgeTPUDouble.bundle], devices: "pci,pci", ["LOST": "1"])
      #expect(lost.exitCode != 0)
      #expect(lost.standardError.contains("failed in a run"))
      let missing = try await double.isocut(["run", EdgeTPUDouble.bundle], devices: "pci")
      #expect(missing.exitCode == 69)
      #expect(missing.standardError.contains("the plan uses Edge TPU 1, which is not attached"))
      #expect(try double.files(in: ".") == ["my model.tflite", "out"])
    }
  }

  @Test("without a device end at once, name all that is missing, and leave nothing")
  func noDevice() async throws {
    try await withBundle { double in
      for command in [["run"], ["verify"], ["bench"], ["bench", "--only", "pipeline"]] {
        let words = command.prefix(1) + [EdgeTPUDouble.bundle] + command.dropFirst()
        let start = ContinuousClock.now
        let none = try await double.isocut(Array(words), devices: "")
        #expect(none.exitCode == 69)
        #expect(none.standardError.contains("no Edge TPU is attached; attach one and look whether"))
        let nothing = try await double.isocut(
          Array(words), devices: "",
          environment: ["ISOCUT_EDGETPU": "/nowhere/libedgetpu.so.1", "ISOCUT_TFLITE": "/nowhere"])
        #expect(nothing.exitCode == 69)
        #expect(nothing.standardError.contains("/nowhere/libedgetpu.so.1"))
        #expect(nothing.standardError.contains("no TensorFlow Lite library at /nowhere"))
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(try double.files(in: ".") == ["my model.tflite", "out"])
        #expect(double.compiled.isEmpty)
      }
    }
  }
}
