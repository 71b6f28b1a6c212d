import Foundation
import Testing
import _IsocutTestSupport

/// An engine that breaks in some stages, end to end: the search records why and goes round them.
@Suite("Stages that break the engine", .serialized) struct FailingStageTests {
  /// A chain of four operators of equal length whose first two together break the engine: the only
  /// cut that works has the first one alone. (The whole model, which has the last one too, works.)
  private func partition(
    _ fault: String, _ more: [String] = [], in folder: String
  ) async throws -> CommandLineRun {
    try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
    return try await CommandLineRun(
      [
        "partition", "chain.onnx", "--stages", "2", "--backend", "null", "--store", "a.sqlite",
        "--output", "out", "--format", "json",
      ] + more, in: folder, environment: ["ISOCUT_NULL": fault])
  }

  static let faults: [(kind: String, status: String, reason: String, options: [String])] = [
    ("segfault", "crashed", "signal 11 (SIGSEGV)", []),
    ("crash", "crashed", "signal 6 (SIGABRT)", []),
    ("hang", "timed_out", "did not answer within 2 s", ["--worker-time", "2s"]),
    ("memory", "out_of_memory", "ran out of memory", ["--worker-memory", "300MiB"]),
    ("fail", "failed", "fails call 1 as asked", []),
    ("exit", "failed", "ended with status 0", []),
    ("rubbish", "failed", "it wrote", []),
  ]

  @Test("are recorded with status and reason, and the plan avoids them", arguments: faults)
  func avoided(kind: String, status: String, reason: String, options: [String]) async throws {
    try await withTemporaryFolder { folder in
      let names = try operatorNames()
      let fault = "\(kind)=1,only=\(names[0])+\(names[1]),without=\(names[3])"
      let run = try await partition(fault, options, in: folder)
      try #require(run.exitCode == 0, "\(run.standardError)")
      let stages = try #require(try run.json()["stages"] as? [[String: Any]])
      #expect(stages.map { $0["operator_ids"] as? [String] } == [[names[0]], Array(names[1...])])
      #expect(try run.json()["verified"] as? Bool == true)
      // The first two together are also the first half by parameters.
      let notes = try #require(try run.json()["notes"] as? [String])
      #expect(
        notes.contains {
          $0.hasPrefix("Stage 0 of ") && $0.contains("no baseline") && $0.contains(reason)
        }, "\(notes)")

      let list = try await CommandLineRun(
        ["profile", "list", "--store", "a.sqlite", "--status", status, "--format", "json"],
        in: folder)
      let results = try #require(try list.json()["results"] as? [[String: Any]])
      #expect(!results.isEmpty, "\(list.standardOutput)")
      #expect(results.allSatisfy { ($0["reason"] as? String)?.contains(reason) == true })
    }
  }

  @Test("are an error that says why where no cut does without them, and the exit code is 78")
  func impossible() async throws {
    try await withTemporaryFolder { folder in
      let names = try operatorNames()
      let run = try await partition("segfault=1,only=\(names[2])", in: folder)
      #expect(run.exitCode == 78)
      #expect(run.standardError.contains("error: no cut into 2 stages runs: crashed: "))
      #expect(run.standardError.contains("SIGSEGV"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    }
  }

  @Test("that only print do not disturb the answer")
  func printing() async throws {
    try await withTemporaryFolder { folder in
      let run = try await partition("print=1", in: folder)
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.json()["verified"] as? Bool == true)
    }
  }

  /// The chain's operators by the ids that plans use.
  private func operatorNames() throws -> [String] {
    TestONNX.chain(4).graph.nodes.compactMap { $0.outputs.first }
  }
}
