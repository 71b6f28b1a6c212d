import Foundation
import Testing
import _IsocutTestSupport

/// `isocut partition --backend aic100` and `isocut backends`, against the double of the SDK's tools.
@Suite("Cloud AI 100") struct VendorPartitionTests {
  @Test("the vendor's documented command is rebuilt token for token, and nothing is run")
  func documentedCommand() async throws {
    try await withTemporaryFolder { folder in
      let words = """
        partition ./generatedModels/ONNX/vgg16.onnx --backend aic100 --print-commands -- \
        -m=./generatedModels/ONNX/vgg16.onnx -convert-to-quantize -aic-hw -aic-num-cores=14 \
        -input-list-file=list.txt -num-iter=5000 -aic-num-of-instances=1 -ols=4 \
        -quantization-schema-activations=symmetric_with_uint8 \
        -quantization-schema-constants=symmetric_with_uint8 -mos=1 -mos=1,4 \
        -sdp-cluster-sizes=7,7
        """.split(separator: " ").map(String.init)
      let run = try await CommandLineRun(words, in: folder)
      #expect(run.exitCode == 0, "\(run.standardError)")
      let tokens = words.drop { $0 != "--" }.dropFirst().joined(separator: " ")
      #expect(run.standardOutput.hasPrefix("/opt/qti-aic/exec/qaic-compile \(tokens) "))
      expectSnapshot(run.standardOutput, named: "aic100/print-commands")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test("a program is compiled, measured with several set sizes and kept with its script")
  func program() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let words = """
        partition m.onnx --backend aic100 --format json -- -aic-num-cores=14 -convert-to-fp16 \
        -mos=1 -mos=1,4 -sdp-cluster-sizes=7,7
        """
      let run = try await double.isocut(words)
      #expect(run.exitCode == 0, "\(run.standardError)")
      let json = try run.json()
      #expect(json["cluster_sizes"] as? [Int] == [7, 7])
      #expect(json["mos"] as? [Int] == [1, 4])
      #expect(json["best_set_size"] as? Int == 16)
      #expect(json["simulated"] as? Bool == false)
      let rows = try #require(json["rows"] as? [[String: Any]])
      #expect(rows.map { $0["set_size"] as? Int } == [2, 4, 8, 16])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/m.isocut").sorted()
          == ["program", "reproduce.sh"])
      let script = try await CommandLineRun(script: "m.isocut/reproduce.sh", in: folder)
      #expect(script.exitCode == 0, "\(script.standardError)")
      // Typed again it compiles, since the folder is to hold the program, and runs nothing.
      let runs = double.calls.filter { $0.hasPrefix("run") }.count
      let again = try await double.isocut(words.replacing(" -- ", with: " --overwrite -- "))
      #expect(again.exitCode == 0, "\(again.standardError)")
      #expect(double.calls.filter { $0.hasPrefix("run") }.count == runs)
    }
  }

  @Test("what the compiler warns of and estimates is told")
  func compilerNotes() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(
        "partition m.onnx --backend aic100 -- -aic-num-cores=4 -aic-perf-metrics")
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(run.standardOutput.contains("The compiler said: WARNING: NODE/ contains value"))
      #expect(run.standardOutput.contains("168077 KB of weights, and 864 KB of activations"))
    }
  }

  @Test("a set size that fails is a row with its reason, and the others count")
  func failedSetSize() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(
        "partition m.onnx --backend aic100 --format json -- -aic-num-cores=4",
        failing: "run-error@16")
      #expect(run.exitCode == 0, "\(run.standardError)")
      let json = try run.json()
      #expect(json["best_set_size"] as? Int == 8)
      let rows = try #require(json["rows"] as? [[String: Any]])
      #expect(rows.map { $0["set_size"] as? Int } == [1, 2, 4, 8, 16])
      #expect((rows[4]["status"] as? String)?.contains("Inference run failed") == true)
      #expect(rows[4]["throughput_items_per_s"] is NSNull)
    }
  }

  @Test("what fails leaves nothing", arguments: ["compile-error", "run-no-line", "run-error"])
  func failure(mode: String) async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(
        "partition m.onnx --backend aic100 -- -aic-num-cores=2", failing: mode)
      #expect(run.exitCode == 76)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == ["cache", "calls.txt", "m.onnx"])
    }
  }

  struct Layout: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var code: Int32
    var options: String
    var needsDevice = false
  }

  @Test(
    "a layout that the card cannot have is refused before anything is compiled",
    arguments: [
      Layout(
        testDescription: "three-clusters", code: 78,
        options: "-aic-num-cores=6 -sdp-cluster-sizes=2,2,2"),
      Layout(
        testDescription: "sum-of-clusters", code: 78,
        options: "-aic-num-cores=4 -sdp-cluster-sizes=4,4"),
      Layout(
        testDescription: "empty-cluster", code: 78,
        options: "-aic-num-cores=4 -sdp-cluster-sizes=4,0"),
      Layout(
        testDescription: "mos-above-cluster", code: 78,
        options: "-aic-num-cores=4 -sdp-cluster-sizes=2,2 -mos=1,4"),
      Layout(
        testDescription: "mos-count", code: 78,
        options: "-aic-num-cores=8 -sdp-cluster-sizes=2,2,2,2 -mos=1,2"),
      Layout(
        testDescription: "cores-above-device", code: 78, options: "-aic-num-cores=16",
        needsDevice: true),
      Layout(testDescription: "cores-above-all", code: 78, options: "-aic-num-cores=17"),
      Layout(
        testDescription: "instances-above-device", code: 78,
        options: "-aic-num-cores=4 -aic-num-of-instances=4", needsDevice: true),
      Layout(testDescription: "cores-no-number", code: 64, options: "-aic-num-cores=many"),
      Layout(
        testDescription: "another-model", code: 64, options: "-m=other.onnx -aic-num-cores=4"),
      Layout(testDescription: "own-folder", code: 64, options: "-aic-binary-dir=here"),
    ])
  func layout(_ layout: Layout) async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let words = "partition m.onnx --backend aic100 -- " + layout.options
      let run = try await double.isocut(words)
      #expect(run.exitCode == layout.code)
      // Told before the tools are looked for, too, unless a device must say how many cores it has.
      let unequipped = try await CommandLineRun(
        words.split(separator: " ").map(String.init), in: folder,
        environment: ["ISOCUT_QAIC": "/nowhere"])
      #expect(unequipped.exitCode == (layout.needsDevice ? 69 : layout.code))
      #expect(double.calls.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: folder + "/m.isocut"))
      let error = run.standardError.split(separator: "\n").first { $0.hasPrefix("error:") }
      expectSnapshot(
        "-- \(layout.options)\n\(error ?? "")\nexit code \(run.exitCode)",
        named: "command-line/error-aic100-\(layout.testDescription)")
    }
  }

  @Test(
    "flags of isocut's own search and of the vendor's compiler are kept apart",
    arguments: [
      ("partition m.onnx --backend aic100 --cpus 0 -- -mos=1", "--cpus has no effect"),
      ("partition m.onnx --backend aic100 --tolerance=2 -- -mos=1", "--tolerance has no effect"),
      ("partition m.onnx --stages 2 --backend null -- -mos=1", "'-mos=1' is for a vendor's comp"),
      ("partition m.onnx --stages 2 --backend null --print-commands", "--print-commands is for a"),
    ])
  func apart(words: String, message: String) async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(words)
      #expect(run.exitCode == 64)
      #expect(run.standardError.hasPrefix("error: " + message), "\(run.standardError)")
    }
  }

  @Test("backends shows the state of tools and card")
  func backends() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      func entry(failing mode: String) async throws -> [String: Any] {
        let run = try await double.isocut("backends --format json", failing: mode)
        let entries = try run.json()["backends"] as? [[String: Any]]
        return try #require(entries?.first { $0["name"] as? String == "aic100" })
      }
      let ready = try await entry(failing: "")
      #expect(ready["available"] as? Bool == true)
      #expect(ready["version"] as? String == "platform:double.1.0 apps:double.1.0")
      #expect(
        ready["details"] as? [String]
          == ["device 0 Ready, PCIe, 14 of 14 NSPs free, 41.5 degrees C"])
      let broken = try await entry(failing: "device-error")
      #expect(broken["available"] as? Bool == false)
      #expect((broken["reason"] as? String)?.hasPrefix("device 0 is in state Error") == true)
    }
  }

  @Test(
    "the self-test ends at the first step that fails",
    arguments: [
      ("", 0, 7), ("device-none", 69, 2), ("compile-no-file", 76, 5), ("run-no-line", 76, 6),
      ("no-latency", 76, 7),
    ])
  func selfTest(mode: String, code: Int, steps: Int) async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut("backends --self-test aic100 --format json", failing: mode)
      #expect(Int(run.exitCode) == code, "\(run.standardError)")
      let json = try run.json()
      #expect(json["passed"] as? Bool == (code == 0))
      #expect((json["steps"] as? [Any])?.count == steps)
    }
  }
}
