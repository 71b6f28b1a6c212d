import Foundation
import Testing
import _IsocutTestSupport

/// `isocut partition --backend aic100 --stages N`, against the double of the SDK's tools.
@Suite("Cloud AI 100, isocut's own cut", .needsONNXRuntime)
struct ProgramPartitionTests {
  private static let search =
    "partition m.onnx --backend aic100 --stages 2 --format json"
  private static let cut = search + " --search equal-parameters"

  @Test("each stage is a program on its own cores, all are measured together, the files verified")
  func bundle() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(
        Self.search + " --cluster-sizes 3,4 --mos 1,2 -- -convert-to-fp16 -ols=2",
        failing: "by-size")
      #expect(run.exitCode == 0, "\(run.standardError)")
      let json = try run.json()
      #expect(json["backend"] as? String == "aic100")
      #expect(json["simulated"] as? Bool == false)
      #expect(json["verified"] as? Bool == true)
      let stages = try #require(json["stages"] as? [[String: Any]])
      let devices = try stages.map { try #require($0["device"] as? [String: Any]) }
      #expect(devices.map { $0["kind"] as? String } == ["aic100-3", "aic100-4"])
      #expect(devices.map { $0["mos"] as? Int } == [1, 2])
      // As the double makes it up: a rate at set size 10 alone, at 16 with all running.
      let alone = stages.compactMap { $0["measured_ms"] as? Double }
      let together = stages.compactMap { $0["measured_together_ms"] as? Double }
      #expect(zip(alone, together).allSatisfy { $0 > $1 && $1 > 0 })
      #expect(json["bottleneck_ms"] as? Double == alone.max())
      #expect(json["bottleneck_together_ms"] as? Double == together.max())
      let notes = try #require(json["notes"] as? [String]).joined(separator: "\n")
      #expect(notes.contains("stage 0 on 3 cores, stage 1 on 4 cores"))
      #expect(notes.contains("verified on ONNX Runtime's CPU kernels"))
      #expect(notes.contains("SKU: PCIe"))
      #expect(!notes.contains("at set size 1:") && notes.contains("at set size 2,"))
      let compiled = double.calls.filter { $0.hasPrefix("compile") }
      #expect(compiled.allSatisfy { $0.contains(" -convert-to-fp16 -ols=2 ") })
      #expect(
        compiled.allSatisfy {
          $0.contains(" -aic-num-cores=3 -mos=1 ") || $0.contains(" -aic-num-cores=4 -mos=2 ")
        })
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder + "/m.isocut")
      for file in ["plan.json", "stage_0.onnx", "programs/stage_1/programqpc.bin", "reproduce.sh"] {
        #expect(files.contains(file))
      }
    }
  }

  @Test("the script compiles the stages and runs them at the same time without isocut")
  func reproduce() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(Self.cut)
      #expect(run.exitCode == 0, "\(run.standardError)")
      let script = try double.text("m.isocut/reproduce.sh")
      expectSnapshot(
        script.replacingOccurrences(of: PythonPeer.projectFolder, with: "PROJECT"),
        named: "aic100/stages-reproduce")
      let moved = folder + "/elsewhere"
      try FileManager.default.moveItem(atPath: folder + "/m.isocut", toPath: moved)
      let again = try await double.script("sh elsewhere/reproduce.sh", failing: "run-pairs")
      #expect(again.exitCode == 0, "\(again.standardError)")
      #expect(
        again.standardOutput.split(separator: "\n").filter { $0.contains("Inf/Sec") }.count == 2)
      let failed = try await double.script(
        "rm -r elsewhere/reproduced-*; sh elsewhere/reproduce.sh", failing: "run-no-line")
      #expect(failed.exitCode == 76)
    }
  }

  @Test("stages are compiled at the same time, and so are run those that are measured together")
  func parallel() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(Self.cut, failing: "compile-pairs;run-pairs@16")
      #expect(run.exitCode == 0, "\(run.standardError)")
    }
  }

  @Test("nothing is compiled or measured twice, also after a kill")
  func resume() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      // The runs with all programs at set size 4 hang; all before are known by then.
      let killed = try await double.script(
        """
        $isocut \(Self.search) > /dev/null &
        until grep -q 'run.* -S 4 ' calls.txt; do sleep 0.05; done 2> /dev/null
        kill -9 $!
        wait $!
        """, failing: "run-hang@4")
      #expect(killed.exitCode == 128 + SIGKILL)
      let first = double.calls
      let second = try await double.isocut(Self.search)
      #expect(second.exitCode == 0, "\(second.standardError)")
      let later = double.calls.dropFirst(first.count)
      #expect(
        later.allSatisfy { $0.hasPrefix("run") && $0.contains("-S") && !$0.contains("-S 2 ") })
      #expect(later.count == 6)
      let third = try await double.isocut(Self.search + " --overwrite")
      #expect(third.exitCode == 0)
      #expect(double.calls.count == first.count + later.count)
      let search = try #require(try third.json()["search"] as? [String: Any])
      #expect(search["measurements"] as? Int == 0)
      // Only the final programs are compiled again where the cache has lost them.
      try FileManager.default.removeItem(atPath: folder + "/cache/isocut/programs")
      let fourth = try await double.isocut(Self.search + " --overwrite")
      #expect(fourth.exitCode == 0, "\(fourth.standardError)")
      let added = double.calls.dropFirst(first.count + later.count)
      #expect(added.count == 2 && added.allSatisfy { $0.hasPrefix("compile") })
      #expect(
        FileManager.default.fileExists(
          atPath: folder + "/m.isocut/programs/stage_1/programqpc.bin"))
    }
  }

  @Test("Ctrl-C ends the tool that is running and leaves nothing but what is measured")
  func interrupted() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.script(
        """
        $isocut \(Self.cut) > /dev/null &
        until grep -q 'run.* -S 4 ' calls.txt; do sleep 0.05; done 2> /dev/null
        kill -TERM $!
        wait $!
        """, failing: "run-hang@4")
      #expect(run.exitCode == 75, "\(run.standardError)")
      #expect(run.standardError.contains("finished measurements are saved"))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == ["cache", "calls.txt", "m.onnx"])
    }
  }

  @Test("cuts with a stage that does not compile are left, and without any other it fails")
  func failures() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let run = try await double.isocut(Self.search, failing: "compile-error")
      #expect(run.exitCode == 78)
      #expect(run.standardError.contains("Operator NonMaxSuppression is not supported"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/m.isocut"))
    }
  }

  @Test("other commands read the bundle as far as a card's programs can be read")
  func commands() async throws {
    try await withTemporaryFolder { folder in
      let double = try SDKDouble(in: folder)
      let cut = try await double.isocut(Self.cut)
      #expect(cut.exitCode == 0, "\(cut.standardError)")
      for words in ["verify m.isocut", "run m.isocut"] {
        let run = try await double.isocut(words)
        #expect(run.exitCode == 0, "\(run.standardError)")
        #expect(run.standardOutput.contains("The stage files ran on this machine's cores"))
      }
      let bench = try await double.isocut("bench m.isocut")
      #expect(bench.exitCode == 64)
      #expect(bench.standardError.contains("m.isocut/reproduce.sh runs them"))
    }
  }

  @Test(
    "what cannot be is told before tools are looked for",
    arguments: [
      ("--stages 2 --cluster-sizes 8,9", 78, "17 cores are more than the 16 NSPs"),
      ("--stages 2 --cluster-sizes 8,8,8", 78, "--cluster-sizes names 3 clusters for 2 stages"),
      ("--stages 2 --cluster-sizes 2,2 --mos 1,4", 78, "MOS 4 is more than the 2 cores"),
      ("--stages 3 --mos 1,2", 78, "--mos has 2 values for 3 stages"),
      ("--stages 17", 78, "17 stages in 1 instance need 17 cores each"),
      ("--stages 0", 64, "the number of stages must be at least 1"),
      ("--stages 2 -- -aic-num-of-instances=9", 78, "2 stages in 9 instances need 2 cores each"),
      ("--stages 2 -- -aic-num-of-instances=0", 78, "a program cannot run in 0 instances"),
      ("--stages 2 -- -mos=1,4", 64, "-mos cannot go with --stages: say it with --mos"),
      ("--stages 2 -- -aic-num-cores=4", 64, "say the cores of the stages with --cluster-sizes"),
      ("--stages 2 -- -sdp-cluster-sizes=7,7", 64, "leave --stages out and the compiler cuts"),
      ("--stages 2 -- -convert-to-quantize", 64, "quantize the model before it is cut"),
      ("--stages 2 --print-commands", 64, "--print-commands has no effect with --backend aic100"),
      ("--stages 2 --cpus 0,1", 64, "--cpus has no effect with --backend aic100"),
      ("--cluster-sizes 7,7", 64, "give --stages to have isocut cut"),
      ("--stages 2 --cluster-sizes 9223372036854775807,1", 64, "is no list of counts"),
      ("--stages 2", 69, "qaic-compile, qaic-runner, qaic-util not found"),
    ])
  func refused(words: String, code: Int, message: String) async throws {
    try await withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: TestModels.diamond, toPath: folder + "/m.onnx")
      let run = try await CommandLineRun(
        ["partition", "m.onnx", "--backend", "aic100"]
          + words.split(separator: " ").map(String.init),
        in: folder,
        environment: ["ISOCUT_QAIC": "/nowhere", "XDG_CACHE_HOME": folder + "/cache"])
      #expect(Int(run.exitCode) == code, "\(run.standardError)")
      #expect(run.standardError.contains(message), "\(run.standardError)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["m.onnx"])
    }
  }
}
