import Foundation
import Testing
import _IsocutTestSupport

/// Commands whose engine dies, and commands that are stopped. Nothing temporary is left.
@Suite("A command that cannot finish") struct EndedEarlyTests {
  @Test(
    "because its engine crashes ends with 74 and says in which stage, and why",
    arguments: ["verify cut", "run cut --output out", "bench cut --only pipeline --min-time 0.1"])
  func crash(arguments: String) async throws {
    try await withNullBundle { folder in
      let run = try await CommandLineRun(
        script: """
          mkdir tmp; export TMPDIR=$PWD/tmp
          ISOCUT_NULL=crash=1,only=y "$isocut" \(arguments)
          code=$?; ls tmp; ls -d out* .out*; exit $code
          """, in: folder)
      #expect(run.exitCode == 74, "\(run.standardError)")
      let error = run.standardError.split(separator: "\n").first { $0.hasPrefix("error: ") }
      #expect(
        error?.hasPrefix(
          "error: the process died while running the stages in stage 1: it crashed with signal 6 "
            + "(SIGABRT)") == true, "\(run.standardError)")
      #expect(run.standardOutput.isEmpty)
    }
  }

  @Test("but one whose engine crashes at a level that the plan does not use does")
  func crashAtAnotherLevel() async throws {
    try await withNullBundle { folder in
      let run = try await CommandLineRun(
        ["verify", "cut", "--format", "json"], in: folder,
        environment: ["ISOCUT_NULL": "crash=1,level=basic"])
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.json()["pass"] as? Bool == true)
      let plan = try String(contentsOfFile: folder + "/cut/plan.json", encoding: .utf8)
      #expect(plan.contains(#""optimization_level" : "all""#))
    }
  }

  @Test(
    "because of Ctrl-C ends with 130 at once",
    arguments: ["verify cut", "run cut --output out", "bench cut --only pipeline"])
  func interrupted(arguments: String) async throws {
    try await withNullBundle { folder in
      let run = try await CommandLineRun(
        script: Self.script("ISOCUT_NULL=hang=1", arguments, kills: "kill -INT $pid"), in: folder)
      #expect(run.exitCode == 130, "\(run.standardError)")
      #expect(run.standardOutput.isEmpty, "\(run.standardOutput)")
      #expect(run.standardError.hasSuffix("stopped; nothing was written\n"))
    }
  }

  @Test("because its terminal was closed ends with 130 at once; under nohup it goes on")
  func hangup() async throws {
    try await withNullBundle { folder in
      for (signals, kills) in [
        ("--default-signal=HUP", "kill -HUP $pid"),
        ("--ignore-signal=HUP", "kill -HUP $pid; kill -INT $pid"),
      ] {
        let run = try await CommandLineRun(
          script: Self.script(
            "ISOCUT_NULL=hang=1 env \(signals)", "run cut --output deep/er/out", kills: kills),
          in: folder)
        #expect(run.exitCode == 130, "\(run.standardError)")
        #expect(run.standardOutput.isEmpty, "\(run.standardOutput)")
        #expect(run.standardError.hasSuffix("stopped; nothing was written\n"))
        #expect(run.standardError.split(separator: "Ctrl-C again").count == 2)
      }
    }
  }

  @Test("because of a second Ctrl-C ends now and leaves neither folders nor workers")
  func interruptedTwice() async throws {
    try await withNullBundle { folder in
      let run = try await CommandLineRun(
        script: Self.script(
          "ISOCUT_NULL=time=busy,hang=1",
          "partition chain.onnx --stages 2 --backend null --no-store --output deep/er/out",
          kills: "kill -INT $pid; await grep -q 'Ctrl-C again' error; kill -INT $pid"), in: folder)
      #expect(run.exitCode == 130, "\(run.standardError)")
      #expect(run.standardOutput.isEmpty, "\(run.standardOutput)")
    }
  }

  /// Runs a command until its worker hangs, sends it signals, and lists what is left.
  private static func script(_ variables: String, _ arguments: String, kills: String) -> String {
    """
    mkdir -p tmp; export TMPDIR=$PWD/tmp
    \(variables) "$isocut" \(arguments) 2>error &
    pid=$!
    hangs() {
      workers=$(cat /proc/$pid/task/*/children 2>/dev/null)
      for worker in $workers; do
        grep -qs "isocut hangs" /proc/$worker/task/*/comm && return
      done
      return 1
    }
    \(CommandLineRun.shellAwait)
    ended() { ! kill -0 $pid 2>/dev/null; }
    await hangs || echo "it does not hang"
    \(kills)
    await ended || kill -KILL $pid
    wait $pid
    code=$?
    cat error >&2
    for worker in $workers; do kill -0 $worker 2>/dev/null && echo "worker $worker lives"; done
    ls tmp | grep -v lock; ls -d out* .out* deep 2>/dev/null
    exit $code
    """
  }
}
