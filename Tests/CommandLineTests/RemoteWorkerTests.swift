import Foundation
import Testing
import _IsocutTestSupport

/// `--worker`, with commands of this machine in the place of ssh: the worker they start has another
/// environment, another folder and nothing of ours but the bytes it is sent.
@Suite("A worker behind a command", .serialized) struct RemoteWorkerTests {
  private func partition(
    _ worker: String, _ more: [String] = [], in folder: String
  ) async throws -> CommandLineRun {
    try await CommandLineRun(
      ["partition", "chain.onnx", "--stages", "2", "--backend", "null", "--worker", worker]
        + more, in: folder)
  }

  private func withChain(_ body: (String) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
      try await body(folder)
    }
  }

  @Test("gives the same plan as a worker of our own")
  func samePlan() async throws {
    try await withChain { folder in
      let isocut = try CommandLineRun.executable()
      let elsewhere = folder + "/else where"
      try FileManager.default.createDirectory(
        atPath: elsewhere, withIntermediateDirectories: true)
      let remote = try await partition(
        "env -i HOME=/dev/null 'TMPDIR=\(elsewhere)' sh -c \"cd / && exec \(isocut) worker\"",
        ["--output", "remote", "--format", "json"], in: folder)
      try #require(remote.exitCode == 0, "\(remote.standardError)")
      let local = try await CommandLineRun(
        [
          "partition", "chain.onnx", "--stages", "2", "--backend", "null", "--output", "local",
          "--format", "json",
        ], in: folder)
      let plans = try [remote.json(), local.json()]
      for field in ["bottleneck_ms", "equal_parameters_bottleneck_ms", "verified"] {
        #expect(
          plans[0][field] as? NSNumber == plans[1][field] as? NSNumber, "\(field)")
      }
      let stages = plans.map { plan in
        (plan["stages"] as? [[String: Any]])?.compactMap { $0["sha256"] as? String }
      }
      #expect(stages[0] == stages[1])
      #expect(stages[0]?.count == 2)
      let notes = try #require(plans[0]["notes"] as? [String])
      #expect(notes.contains { $0.hasPrefix("The stages were measured where the worker runs") })
      #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere) == [])
    }
  }

  @Test("measures a real model with the engine that its own side finds", .needsONNXRuntime)
  func realEngine() async throws {
    try await withTemporaryFolder { folder in
      let isocut = try CommandLineRun.executable()
      let run = try await CommandLineRun(
        [
          "partition", Engine.sample("ch_ppocr_mobile_v2.0_cls_infer"), "--stages", "2",
          "--shape", "x=1,3,48,192", "--search", "equal-parameters", "--output", "out",
          "--optimization-level", "all", "--format", "json", "--worker",
          "env -i -C / HOME=/dev/null ISOCUT_ONNXRUNTIME='\(Engine.library)' '\(isocut)' worker",
        ], in: folder, seconds: 300)
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.json()["verified"] as? Bool == true)
    }
  }

  @Test("that dies in the middle is an error; what was measured stays, the same command goes on")
  func deadLink() async throws {
    try await withChain { folder in
      let isocut = try CommandLineRun.executable()
      // Passes on so many bytes of answers, then the connection is gone, as ssh says it.
      try """
      #!/bin/sh
      '\(isocut)' worker | dd bs=1 "count=$1" 2>/dev/null
      exit 255
      """.write(toFile: folder + "/link", atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: folder + "/link")
      let store = ["--store", "a.sqlite", "--output", "out", "--format", "json"]
      let dead = try await partition("./link 2500", store, in: folder)
      #expect(dead.exitCode == 74)
      #expect(
        dead.standardError.contains("error: the link to the worker ./link 2500 died; what was"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
      let kept = try await CommandLineRun(
        ["profile", "list", "--store", "a.sqlite", "--format", "json"], in: folder)
      let results = try #require(try kept.json()["results"] as? [[String: Any]])
      #expect(!results.isEmpty)
      let again = try await partition("'\(isocut)' worker", store, in: folder)
      try #require(again.exitCode == 0, "\(again.standardError)")
      let search = try #require(try again.json()["search"] as? [String: Any])
      #expect(search["reused"] as? Int ?? 0 >= results.count)
    }
  }

  static let mistakes: [(name: String, code: Int32, worker: String)] = [
    ("no-program", 69, "no-such-ssh pi isocut worker"),
    ("no-host", 74, "sh -c 'echo ssh: connect to host pi: No route to host >&2; exit 255'"),
    ("banner", 74, "sh -c 'echo Welcome to this host!; cat'"),
    ("open-quote", 64, "ssh 'pi isocut worker"),
    ("empty", 64, " "),
  ]

  @Test("that cannot work is an error that says what to do", arguments: mistakes)
  func isRefused(name: String, code: Int32, worker: String) async throws {
    try await withChain { folder in
      let run = try await partition(worker, in: folder)
      #expect(run.exitCode == code)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["chain.onnx"])
      expectSnapshot(
        "$ isocut partition … --worker \"\(worker)\"\n\(run.standardError)exit code \(code)\n",
        named: "command-line/error-worker-\(name)")
    }
  }
}
