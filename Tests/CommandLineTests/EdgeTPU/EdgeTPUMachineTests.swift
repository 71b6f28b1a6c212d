import Foundation
import Testing
import _IsocutTestSupport

/// Edge TPUs that are somewhere else, or nowhere, and the test of those that are here.
@Suite("Edge TPU machines", .serialized, .needsTFLite) struct EdgeTPUMachineTests {
  @Test("a worker measures where the devices are what is compiled here")
  func worker() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let isocut = try CommandLineRun.executable()
      // It has devices and no compiler; here it is the other way round.
      var there = double.environment(devices: "usb,usb")
      there["ISOCUT_EDGETPU_COMPILER"] = nil
      there["ISOCUT_TFLITE"] = Engine.tfliteLibrary
      let variables = there.map { "'\($0.key)=\($0.value)'" }.joined(separator: " ")
      let run = try await double.cut(
        2,
        [
          "--search=equal-parameters", "--worker",
          "env -i HOME=/dev/null \(variables) '\(isocut)' worker",
        ], devices: "", environment: ["ISOCUT_EDGETPU": "/nowhere"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(double.compiled.count == 1)
      let kinds = try run.stages().compactMap { ($0["device"] as? [String: Any])?["kind"] }
      #expect(kinds as? [String] == ["edgetpu-usb", "edgetpu-usb"])
      #expect(
        try run.notes().contains { $0.hasPrefix("The stages were measured where the worker runs") })

      let none = try await double.cut(
        3, ["--worker", "env -i HOME=/dev/null \(variables) '\(isocut)' worker"], devices: "")
      #expect(none.exitCode == 69)
      #expect(none.standardError.contains("3 segments need 3 Edge TPUs, and 2 are attached"))
      let noCompiler = try await double.cut(
        2, ["--worker", "false"], environment: ["ISOCUT_EDGETPU_COMPILER": "/nowhere"])
      #expect(noCompiler.exitCode == 69)
      #expect(noCompiler.standardError.contains("/nowhere is no program that can be started"))
    }
  }

  @Test("without tools a partition ends at once, names all that is missing, and leaves nothing")
  func nothingHere() async throws {
    try await withTemporaryFolder { folder in
      let model = TestData.url("tflite/split_concat.tflite").path
      let run = try await CommandLineRun(
        ["partition-with-profiling", "--model_path", model, "--num_segments", "2"]
          + ["--output_dir", "out", "--store", "store.sqlite"], in: folder,
        environment: Self.nothing)
      #expect(run.exitCode == 69)
      #expect(run.standardOutput.isEmpty)
      expectSnapshot(run.standardError, named: "command-line/error-edgetpu-nothing")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  private static let nothing = [
    "ISOCUT_TFLITE": "/nowhere/libtensorflowlite_c.so",
    "ISOCUT_EDGETPU": "/nowhere/libedgetpu.so.1",
    "ISOCUT_EDGETPU_COMPILER": "/nowhere/edgetpu_compiler",
  ]

  @Test(
    "Ctrl-C leaves no compiler behind, nor what it started",
    arguments: [
      ("backends --self-test edgetpu", "kill -INT $pid"),
      (
        "partition-with-profiling --model_path model.tflite --num_segments 2 --no-store --output_dir o",
        "kill -INT $pid; await grep -q 'Ctrl-C again' error; kill -INT $pid"
      ),
    ])
  func interrupted(arguments: String, kills: String) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let run = try await CommandLineRun(
        script: """
          cp 'my model.tflite' model.tflite
          "$isocut" \(arguments) >output 2>error &
          pid=$!
          children() { cat /proc/$1/task/*/children 2>/dev/null; }
          # The compiler is a script, as the vendor's is: what hangs is a program that it started.
          hangs() {
            for child in $(children $pid); do
              for grandchild in $(children $child); do
                grep -qsx sleep /proc/$grandchild/comm && return
              done
            done
            return 1
          }
          \(CommandLineRun.shellAwait)
          ended() { ! grep -qs '^State:.[^ZX]' /proc/$1/status; }
          await hangs || echo "it does not hang"
          \(kills)
          await ended $pid || kill -KILL $pid
          wait $pid
          code=$?
          cat error >&2
          for left in $child $grandchild; do await ended $left || echo "$left lives"; done
          exit $code
          """, in: double.folder,
        environment: double.environment(devices: "pci,pci").merging(["EDGETPU_DOUBLE": "hang"]) {
          $1
        })
      #expect(run.exitCode == 130, "\(run.standardError)")
      #expect(run.standardOutput.isEmpty, "\(run.standardOutput)")
      #expect(try double.files(in: ".").contains("o") == false)
    }
  }

  @Test("the self-test compiles a model and runs it on each device")
  func selfTest() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer, model: "split_concat")
      let words = ["backends", "--self-test", "edgetpu", "--format", "json"]
      let good = try await double.isocut(words, devices: "pci,usb")
      #expect(good.exitCode == 0, "\(good.standardError)")
      #expect(try good.json()["passed"] as? Bool == true)
      let steps = try #require(try good.json()["steps"] as? [[String: Any]])
      #expect(
        steps.compactMap { $0["step"] as? String }.suffix(3)
          == ["compilation", "run on edgetpu:0", "run on edgetpu:1"])
      let lost = try await double.isocut(words, devices: "pci,usb", ["LOST": "1"])
      #expect(lost.exitCode == 76)
      #expect(try lost.json()["passed"] as? Bool == false)
      let broken = try await double.isocut(words, devices: "pci,usb", mode: "status")
      #expect(broken.exitCode == 76)
      let none = try await CommandLineRun(words, in: outer, environment: Self.nothing)
      #expect(none.exitCode == 69)
      #expect(none.standardError.contains("/nowhere/edgetpu_compiler is no program"))
    }
  }
}
