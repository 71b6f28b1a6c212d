import Foundation
import Testing
import _IsocutTestSupport

/// What is wrong with libcoral's `partition_with_profiling`, one test each: it is not so here.
@Suite("Not as in libcoral", .serialized, .needsTFLite) struct LibcoralDefectTests {
  private static let libcoral = ["--search=libcoral", "--partition_search_step=1"]

  @Test("crash at four segments more than the search step")
  func crashAtManySegments() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let run = try await double.cut(
        5, Self.libcoral + ["--diff_threshold_ns=1", "--budget=14measurements"])
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.stages().count == 5)
      #expect(try double.files(in: "out").count == 16)
    }
  }

  @Test("success without files where the first split is good enough")
  func successWithoutFiles() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await double.cut(
        2, Self.libcoral + ["--diff_threshold_ns=1000000000000"])
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect((try run.json()["search"] as? [String: Any])?["rounds"] as? Int == 1)
      #expect(try double.files(in: "out").count == 7)
    }
  }

  @Test("cuts that differ from run to run")
  func cutsThatDiffer() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      var cuts: [[[String]]] = []
      // The same times, from the store; each process hashes with a seed of its own.
      for _ in 0..<2 {
        let run = try await double.cut(
          3, Self.libcoral + ["--budget=9measurements", "--store=times.sqlite"])
        try #require(run.exitCode == 0, "\(run.standardError)")
        cuts.append(try run.stages().compactMap { $0["operator_ids"] as? [String] })
      }
      #expect(cuts[0].count == 3)
      #expect(cuts[0] == cuts[1])
    }
  }

  @Test("means that one slow run spoils")
  func noise() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await double.cut(
        2, ["--search=equal-parameters", "--runs=15"], ["OUTLIERS": "120"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      // The mean would be above 15 ms.
      for stage in try run.stages() {
        #expect(try #require(stage["measured_ms"] as? Double) < 8)
      }
    }
  }

  @Test("compiling the same segment again, in one run and in the next")
  func waste() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      let cache = ["XDG_CACHE_HOME": outer + "/cache"]
      // Else a first split that the machine runs evenly is good enough.
      let words = Self.libcoral + ["--diff_threshold_ns=1", "--budget=8measurements"]
      let first = try await double.cut(2, words, environment: cache)
      try #require(first.exitCode == 0, "\(first.standardError)")
      let contents = double.compiled.compactMap { $0.split(separator: " ").dropLast(3).last }
      #expect(contents.count > 3)
      #expect(Set(contents).count == contents.count)
      let second = try await double.cut(
        2, words + ["--output_dir=again"], environment: cache)
      #expect(second.exitCode == 0, "\(second.standardError)")
      #expect(double.compiled.count == contents.count)
      let search = try #require(try second.json()["search"] as? [String: Any])
      #expect(search["compilations"] as? Int == 0)
      #expect(search["measurements"] as? Int == 0)
      #expect(search["reused"] as? Int ?? 0 > 3)
    }
  }

  @Test("a shell that spaces and quotes break")
  func shell() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let compiler = double.folder + "/the \"compiler\"; it's $HOME"
      try FileManager.default.createSymbolicLink(
        atPath: compiler,
        withDestinationPath: PythonPeer.projectFolder + "/Tests/Doubles/edgetpu/edgetpu_compiler")
      let run = try await double.isocut(
        [
          "partition-with-profiling", "-edgetpu_compiler_binary", compiler, "-model_path",
          "my model.tflite", "-output_dir", "the `out` 'folder'", "-num_segments", "2",
          "--runs=3", "--search=equal-parameters",
        ], environment: ["ISOCUT_EDGETPU_COMPILER": "/nowhere"])
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(try double.files(in: "the `out` 'folder'").count == 7)
    }
  }

  @Test(
    "models with several inputs, several outputs of an operator, optional inputs, no description",
    arguments: ["split_concat", "keras_lstm_mnist_ptq"])
  func modelLimits(model: String) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: model)
      for count in 2...3 {
        let run = try await double.cut(count, ["--budget=\(2 * count)measurements"])
        #expect(run.exitCode == 0, "\(run.standardError)")
        try await double.expectBitExact(
          devices: Array(repeating: "pci", count: count).joined(separator: ","),
          // The digit that the other one sees in noise is always the same.
          isSensitive: model == "split_concat")
      }
    }
  }

  @Test("no report of what was measured, and why")
  func noReport() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await double.cut(2, ["--search=equal-parameters"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      let data = try Data(
        contentsOf: URL(fileURLWithPath: double.folder + "/out/my model.isocut/plan.json"))
      let plan = try #require(
        try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let stages = try #require(plan["stages"] as? [[String: Any]])
      for stage in stages {
        #expect(stage["measured_ms"] is Double)
        #expect((stage["device"] as? [String: Any])?["kind"] as? String == "edgetpu-pci")
      }
      let environment = try #require(plan["environment"] as? [String: Any])
      #expect(environment["compiler_version"] as? String == "16.0.384591198")
      #expect((environment["cpu_model"] as? String)?.isEmpty == false)
      let notes = try #require(plan["notes"] as? [String])
      #expect(notes.contains { $0.contains("bytes of parameters on chip") })
    }
  }

  @Test(
    "an end where the compiler cannot cut the model itself",
    arguments: ["crash@split", "partial@split", "version-only@split"])
  func infeasibleStart(mode: String) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await double.cut(2, Self.libcoral, mode: mode)
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(
        try run.notes().contains {
          $0.hasPrefix("The compiler's own split cannot be the baseline (edgetpu_compiler failed")
        })
      #expect(try #require(try run.json()["equal_parameters_bottleneck_ms"] as? Double) > 0)
    }
  }

  @Test("the first devices of the list, whichever they are")
  func noDeviceChoice() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await double.cut(
        2, ["--device_type=usbonly", "--search=equal-parameters"], devices: "pci,usb,pci,usb")
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.devices() == ["edgetpu:1", "edgetpu:3"])
      double.forget("opened.txt")
      let bundle = try await double.isocut(
        ["run", EdgeTPUDouble.bundle], devices: "pci,usb,pci,usb")
      #expect(bundle.exitCode == 0, "\(bundle.standardError)")
      #expect(double.opened == [1, 3].map { "/sys/bus/usb/devices/1-\($0)" })
    }
  }
}
