import Foundation
import Testing
import _IsocutTestSupport

/// `isocut model-configurator` end to end, against the double of the SDK's tools.
@Suite("Model configurator, running") struct ModelConfiguratorRunTests {
  private static let search =
    "model-configurator m.onnx onnx -convert-to-fp16 -time 1 -cores 4 -mos 1,2 -instances 1,3"

  /// Without what differs from run to run.
  private func shown(_ text: String, _ double: SDKDouble) -> String {
    text.replacingOccurrences(of: double.folder, with: "FOLDER")
      .replacingOccurrences(of: PythonPeer.projectFolder, with: "PROJECT")
  }

  @Test("compiles, runs and ranks every configuration, and keeps the best as a folder")
  func bruteForce() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(
        Self.search + " -enable-single-device-partitioning -search-set-size 1,10"
          + " -max-parallel-compilations 2", failing: "compile-pairs")
      #expect(run.exitCode == 0, "\(run.standardError)")
      expectSnapshot(shown(run.standardOutput, double), named: "aic100/configurator-ranked")
      expectSnapshot(
        try double.text("model_configurator_output/results-m.csv"),
        named: "aic100/configurator-results")
      let best = "model_configurator_output/best/m/"
      expectSnapshot(
        shown(try double.text(best + "reproduce.sh"), double),
        named: "aic100/configurator-reproduce")
      #expect(try double.text(best + "configuration.csv").split(separator: "\n").count == 2)
      #expect(try double.text(best + "configuration.json").contains("\"set-size\": 10"))
      // A pipeline of clusters is never run with fewer inferences than clusters.
      #expect(!double.calls.contains { $0.contains("sdp") && $0.contains("-S 1 ") })
    }
  }

  @Test("reproduce.sh gives the measured rate again, with the tools alone")
  func reproduce() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(Self.search)
      #expect(run.exitCode == 0, "\(run.standardError)")
      let script = try await CommandLineRun(
        script: "model_configurator_output/best/m/reproduce.sh", in: folder)
      #expect(script.exitCode == 0, "\(script.standardError)")
      let rate = try double.rows("model_configurator_output/results-m.csv")[0]
      #expect(rate.contains { script.standardOutput.contains("Inf/Sec \($0)00\n") })
    }
  }

  @Test("measures and compiles nothing again that it knows, and tries no failure twice")
  func resume() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let first = try await double.isocut(Self.search, failing: "run-error@-a;compile-error@-mos=2")
      #expect(first.exitCode == 76)
      let compiled = double.calls.filter { $0.hasPrefix("compile") }.count
      #expect(compiled == 2)
      // Nothing would fail now, but that is not tried.
      let calls = double.calls.count
      let second = try await double.isocut(Self.search)
      #expect(second.exitCode == 76)
      #expect(double.calls.count == calls)
      #expect(second.standardOutput.contains("failed before"))
      #expect(second.standardOutput.contains("4 failed before and were not tried again"))
      #expect(second.standardOutput.contains("Operator NonMaxSuppression is not supported"))
      let third = try await double.isocut(Self.search + " -retry-failed")
      #expect(third.exitCode == 0, "\(third.standardError)")
      // What was compiled before is only run now: once for the rate, once for the latency.
      let later = double.calls.dropFirst(calls)
      #expect(later.filter { $0.hasPrefix("compile") && !$0.contains("-mos=2") }.isEmpty)
      #expect(later.filter { $0.hasPrefix("run") }.count == 8)
      let fourth = try await double.isocut(Self.search)
      #expect(fourth.exitCode == 0)
      #expect(double.calls.count == calls + later.count)
      #expect(fourth.standardOutput.contains("measured before"))
      #expect(!fourth.standardOutput.contains("failed"))
    }
  }

  @Test(
    "what the configuration is not to blame for is tried again",
    arguments: [
      ("compile-killed", "qaic-compile was killed from outside by signal 9"),
      ("device-lost", "device 0 is in state Error"),
      ("compile-hang", "qaic-compile did not end within 2.0 seconds"),
    ])
  func passing(mode: String, reason: String) async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let words = "model-configurator m.onnx onnx -no-quant -time 1 -cores 4 -compile-timeout "
      let first = try await double.isocut(words + "2", failing: mode)
      #expect(first.exitCode != 0)
      #expect(first.standardError.contains(reason), "\(first.standardError)")
      let second = try await double.isocut(words + "60")
      #expect(second.exitCode == 0, "\(second.standardError)")
    }
  }

  @Test(
    "a compilation that fails where the disk is full is tried again",
    .enabled(if: FullDiskTests.canMount, "mounting a small file system needs root"))
  func fullDisk() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      try FileManager.default.createDirectory(
        atPath: folder + "/small", withIntermediateDirectories: true)
      let words = "model-configurator m.onnx onnx -no-quant -time 1 -cores 4 -output small/out"
      let full = try await double.script(
        """
        exec unshare -m sh -c 'mount -t tmpfs -o size=1m tmpfs small || exit 99
        "$isocut" \(words)'
        """, failing: "compile-error")
      #expect(full.exitCode == 76)
      #expect(full.standardError.contains("MiB left, which may be why"))
      let again = try await double.isocut(words)
      #expect(again.exitCode == 0, "\(again.standardError)")
    }
  }

  @Test("a hot card is left alone until it is cool, and not for ever")
  func temperature() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let words = "model-configurator m.onnx onnx -no-quant -time 1 -cores 4"
      let hot = try await double.isocut(words + " -cool-down-time 0", failing: "device-hot")
      #expect(hot.exitCode == 69)
      #expect(
        hot.standardError.contains("device 0 is at 80.0 degrees C and did not cool down to 65.0"))
      let waited = try await double.isocut(words + " -format json", failing: "device-cools")
      #expect(waited.exitCode == 0, "\(waited.standardError)")
      let rows = try waited.json()["rows"] as? [[String: Any]]
      #expect(rows?.first?["temperature_celsius"] as? Double == 41.5)
      let measuredHot = try await double.isocut(
        words + ",2 -max-temperature 90", failing: "device-hot")
      #expect(measuredHot.exitCode == 0, "\(measuredHot.standardError)")
    }
  }

  @Test(
    "a place that cannot be written, or holds something else, is told before anything is compiled",
    arguments: ["f", "/proc/none", "taken"])
  func unwritable(output: String) async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      try Data().write(to: URL(fileURLWithPath: folder + "/f"))
      try FileManager.default.createDirectory(
        atPath: folder + "/taken/best/m", withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: folder + "/taken/best/m/mine"))
      let run = try await double.isocut(
        "model-configurator m.onnx onnx -no-quant -time 1 -cores 4 -output " + output)
      #expect(run.exitCode == 73, "\(run.standardError)")
      #expect(double.calls.isEmpty)
    }
  }

  @Test("JSON tells every figure of every set size, and why a configuration has none")
  func json() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(
        Self.search + " -search-set-size 1,10 -format json", failing: "compile-error@-mos=2")
      #expect(run.exitCode == 0, "\(run.standardError)")
      let json = try run.json()
      let rows = try #require(json["rows"] as? [[String: Any]])
      #expect(rows.count == 6)
      let best = try #require(json["best"] as? Int)
      #expect(rows[best]["set_size"] as? Int == 10)
      #expect(rows[best]["instances"] as? Int == 3)
      let rates = rows.compactMap { $0["throughput_items_per_s"] as? Double }
      #expect(rows[best]["throughput_items_per_s"] as? Double == rates.max())
      #expect(rows[best]["pareto"] as? Bool == true)
      #expect(rows[best]["status"] as? String == "measured")
      let failed = rows.filter { $0["status"] as? String == "failed" }
      #expect(failed.count == 2)
      #expect(
        failed.allSatisfy { ($0["reason"] as? String)?.contains("NonMaxSuppression") == true })
      #expect(failed.allSatisfy { $0["throughput_items_per_s"] is NSNull })
      #expect(json["simulated"] as? Bool == false)
      #expect(json["sku"] as? String == "PCIe")
      let known = rows.allSatisfy { row in
        ["mos", "ols", "batch_size", "cluster_sizes", "p50_ms", "p99_ms", "peak_memory_mib"]
          .allSatisfy { row[$0] != nil }
      }
      #expect(known)
      let keys = json.keys.sorted().joined(separator: " ")
      #expect(keys.contains("best_folder") && keys.contains("results_file"))
    }
  }

  @Test("the folder of the best holds nothing of the one that was best before")
  func best() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let words = "model-configurator m.onnx onnx -no-quant -time 1 -instances 1 -cores "
      let first = try await double.isocut(words + "2")
      #expect(first.exitCode == 0, "\(first.standardError)")
      let best = "model_configurator_output/best/m"
      let script = try await CommandLineRun(script: "\(best)/reproduce.sh", in: folder)
      #expect(script.exitCode == 0)
      // The same best: what the script made stays.
      #expect(try await double.isocut(words + "2").exitCode == 0)
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(best)/program"))
      let second = try await double.isocut(words + "2,4")
      #expect(second.exitCode == 0)
      #expect(try double.text(best + "/configuration.csv").contains("\n4,"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/\(best)/program"))
      let again = try await CommandLineRun(script: "\(best)/reproduce.sh", in: folder)
      #expect(again.exitCode == 0, "\(again.standardError)")
    }
  }

  @Test("two commands at once measure the same without disturbing each other")
  func twoAtOnce() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      async let one = double.isocut(Self.search)
      async let two = double.isocut(Self.search)
      for run in [try await one, try await two] {
        #expect(run.exitCode == 0, "\(run.standardError)")
        #expect(!run.standardOutput.contains("failed"), "\(run.standardOutput)")
      }
      // Each rate and each latency once, however the two took turns.
      #expect(double.calls.filter { $0.hasPrefix("run") }.count == 8)
      let programs = try FileManager.default.contentsOfDirectory(
        atPath: folder + "/model_configurator_output/compiled_models/m")
      #expect(programs.count == 2)
    }
  }

  @Test("goes on from what was measured when it was killed")
  func killed() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let words = "model-configurator m.onnx onnx -no-quant -time 1 -cores 1,2 -mos 1"
      // The second configuration hangs; the first is measured by then.
      let first = try await double.script(
        """
        $isocut \(words) &
        until grep -q 'compile.*-aic-num-cores=2' calls.txt; do sleep 0.05; done 2> /dev/null
        kill -9 $!
        wait $!
        """, failing: "compile-hang@-aic-num-cores=2")
      #expect(first.exitCode == 128 + SIGKILL)
      let calls = double.calls
      #expect(calls.filter { $0.hasPrefix("run") }.count == 2)
      let second = try await double.isocut(words)
      #expect(second.exitCode == 0)
      #expect(double.calls.dropFirst(calls.count).allSatisfy { !$0.contains("-aic-num-cores=1 ") })
      #expect(second.standardOutput.contains("measured before"))
      let programs = try FileManager.default.contentsOfDirectory(
        atPath: folder + "/model_configurator_output/compiled_models/m")
      #expect(!programs.contains { $0.contains(".part") })
    }
  }

  @Test("Ctrl-C ends a tool that is running; what was measured is kept")
  func interrupted() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.script(
        """
        $isocut model-configurator m.onnx onnx -no-quant -cores 1,2 -mos 1 -time 1 &
        until grep -q 'compile.*-aic-num-cores=2' calls.txt; do sleep 0.05; done 2> /dev/null
        kill -TERM $!
        wait $!
        """, failing: "compile-hang@-aic-num-cores=2")
      #expect(run.exitCode == 75)
      #expect(
        run.standardError.contains(
          "error: stopped; 1 of 2 configurations are measured and kept; the same command goes on"))
      let programs = try FileManager.default.contentsOfDirectory(
        atPath: folder + "/model_configurator_output/compiled_models/m")
      #expect(programs == ["qpc-cores-1-mos-1-ols-1-bs-1-output"])
    }
  }

  @Test("a card that others use is no failure of the tools")
  func busy() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(Self.search, failing: "device-busy")
      #expect(run.exitCode == 69)
      #expect(run.standardError.contains("4 cores are needed, device 0 has 2 free NSPs"))
    }
  }

  @Test("a result file can be loaded again, and rows of another card are failures")
  func loaded() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      try Data("cores,mos,instances,setSize\n4,1,1,1\n4,1,1,10\n16,1,1,1\n".utf8)
        .write(to: URL(fileURLWithPath: folder + "/rows.csv"))
      let run = try await double.isocut(
        "model-configurator m.onnx onnx -no-quant -time 1 -load-configs rows.csv")
      #expect(run.exitCode == 0, "\(run.standardError)")
      let rows = try double.rows("model_configurator_output/results-m.csv")
      #expect(rows.count == 2)
      #expect(rows[1].contains("16 cores are more than the 14 NSPs of the device"))
      #expect(double.calls.filter { $0.hasPrefix("compile") }.count == 1)
    }
  }

  @Test(
    "every failure is a row with its reason",
    arguments: [
      ("compile-error@-mos=2", "Operator NonMaxSuppression is not supported"),
      ("compile-no-line@-mos=2", "qaic-compile did not report a program"),
      ("compile-no-file@-mos=2", "wrote no programqpc.bin"),
      ("compile-hang@-mos=2", "qaic-compile did not end within 5.0 seconds"),
      ("run-error@3", "Inference run failed"), ("not-ready@3", "Device:0 not in ready state"),
      ("run-no-line@3", "printed no result line (exit status 0)"),
      ("unknown-option@3", "printed no result line (exit status 0); it said: Usage"),
      ("run-hang@3", "qaic-runner did not end within 6.0 seconds"),
      ("no-latency@3", "wrote no latencies"),
    ])
  func failures(mode: String, reason: String) async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let limits = mode.contains("hang") ? " -compile-timeout 5 -run-timeout 5" : ""
      let run = try await double.isocut(Self.search + limits, failing: mode)
      #expect(run.exitCode == 0, "\(run.standardError)")
      let rows = try double.rows("model_configurator_output/results-m.csv")
      #expect(rows.count == 4)
      let failed = rows.filter { $0.contains { $0.contains(reason) } }
      #expect(failed.count == 2, "\(rows)")
      // What failed is ranked last.
      if mode != "no-latency@3" { #expect(Array(rows.suffix(2)) == failed) }
    }
  }

  @Test(
    "a device that cannot be used ends it at once",
    arguments: ["device-none", "device-error", "device-starting"])
  func device(mode: String) async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(Self.search, failing: mode)
      #expect(run.exitCode == 69)
      #expect(double.calls.isEmpty)
      expectSnapshot(run.standardError, named: "command-line/error-configurator-\(mode)")
    }
  }

  @Test("an optimised search ends with the vendor's table")
  func optimized() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      try Data(
        """
        {"search-mode": "optimized", "objective": "max-throughput", "max_func_eval": 60,
         "search-parameters": {"cores": {"min": 1, "max": 14}, "batch-size": {"min": 1, "max": 8},
           "instances": {"min": 1, "max": 14}, "set-size": {"min": 1, "max": 8}},
         "initial-values": [{"cores": 2, "batch-size": 1, "instances": 1, "set-size": 1}]}
        """.utf8
      ).write(to: URL(fileURLWithPath: folder + "/search.json"))
      let run = try await double.isocut(
        """
        model-configurator -model=m.onnx -convert-to-fp16 -time=1 -config=search.json \
        -max-parallel-compilations=2
        """)
      #expect(run.exitCode == 0, "\(run.standardError)")
      // The double's rate is 100 x cores x instances x batch x set / (set + 1).
      #expect(run.standardOutput.contains("SUCCESS"))
      #expect(run.standardOutput.contains("9952.0") || run.standardOutput.contains("9944.0"))
      let best = try double.text("model_configurator_output/best/m/configuration.json")
      #expect(best.contains("\"batch-size\": { \"min\": 8, \"max\": 8 }"))
    }
  }

  @Test("a search for the lowest latency runs one instance at a time, and starts where it is told")
  func lowestLatency() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      // The older dialect.
      try Data(
        """
        {"max_func_eval": 40, "objective": "minimize_latency",
         "params": {"cores": {"min": 1, "max": 14}}, "static_params": {"bs": 2, "mos": 1},
         "initial_values": [{"cores": 1}, {"cores": 14}]}
        """.utf8
      ).write(to: URL(fileURLWithPath: folder + "/search.json"))
      let run = try await double.isocut(
        "model-configurator m.onnx onnx -no-quant -time 1 -optimized-config-search search.json")
      #expect(run.exitCode == 0, "\(run.standardError)")
      // The double runs 100 batches a second on each core, half of them at set size 1.
      let rows = run.standardOutput.split(separator: "\n").filter { $0.contains("SUCCESS") }
      #expect(rows.count == 2)
      #expect(rows.allSatisfy { $0.hasSuffix("  1428.57") })
      #expect(rows.allSatisfy { $0.contains("  14  [1]    1          2          1        1  ") })
      #expect(double.calls.filter { $0.hasPrefix("run") }.allSatisfy { $0.contains("-a 1 -S 1 ") })
    }
  }

  @Test("raw and .npy files become the inputs of compilation and runs")
  func inputs() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      try FileManager.default.createDirectory(
        atPath: folder + "/in", withIntermediateDirectories: true)
      try Data(repeating: 1, count: 12).write(to: URL(fileURLWithPath: folder + "/in/a.raw"))
      let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (12,), }"
      let array =
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        + [UInt8](repeating: 2, count: 12)
      try Data(array).write(to: URL(fileURLWithPath: folder + "/in/b.npy"))
      let run = try await double.isocut(
        """
        model-configurator m.onnx onnx -cores 1 -mos 1 -batchsize 3 -time 1 -input-list-generate \
        -image-dir in -reuse-single-file
        """)
      #expect(run.exitCode == 0, "\(run.standardError)")
      let made = "model_configurator_output/isocut_inputs/"
      let items = try double.text(made + "list.txt").split(separator: "\n")
      #expect(items.count == 2)
      #expect(items.first?.hasSuffix("/in/a.raw") == true)
      let batch = try Data(contentsOf: URL(fileURLWithPath: folder + "/\(made)batch-3-input-0.raw"))
      #expect([UInt8](batch) == [1, 2, 1].flatMap { [UInt8](repeating: $0, count: 12) })
      #expect(double.calls[0].contains("-convert-to-quantize -input-list-file="))
      #expect(double.calls[1].contains("batch-3-input-0.raw"))
    }
  }

  @Test(
    "what is wrong with the command is told before tools are looked for",
    arguments: [
      ("-no-quant -cores 20", 78), ("-no-quant -cores 8 -instances 3", 78),
      ("-no-quant -config missing.json", 66), ("-no-quant -config bad.json", 65),
      ("-input-list-generate -image-dir in", 65), ("-input-list-file missing.txt", 66),
    ])
  func order(words: String, code: Int) async throws {
    try await withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: TestModels.diamond, toPath: folder + "/m.onnx")
      try FileManager.default.createDirectory(
        atPath: folder + "/in", withIntermediateDirectories: true)
      try Data([0xff]).write(to: URL(fileURLWithPath: folder + "/in/a.jpg"))
      try Data("{".utf8).write(to: URL(fileURLWithPath: folder + "/bad.json"))
      let run = try await CommandLineRun(
        ["model-configurator", "m.onnx", "onnx"] + words.split(separator: " ").map(String.init),
        in: folder, environment: ["ISOCUT_QAIC": "/nowhere", "XDG_CACHE_HOME": folder + "/cache"])
      #expect(Int(run.exitCode) == code, "\(run.standardError)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/cache"))
    }
  }

  @Test("without the tools it ends at once, names them and leaves nothing")
  func missingTools() async throws {
    try await withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: TestModels.diamond, toPath: folder + "/m.onnx")
      let run = try await CommandLineRun(
        Self.search.split(separator: " ").map(String.init), in: folder,
        environment: ["ISOCUT_QAIC": "/nowhere", "XDG_CACHE_HOME": folder + "/cache"])
      #expect(run.exitCode == 69)
      expectSnapshot(run.standardError, named: "command-line/error-configurator-no-tools")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["m.onnx"])
    }
  }
}
