import Foundation
import Testing
import _IsocutTestSupport

/// `isocut profile` on the store of a real search (null backend).
@Suite("isocut profile") struct ProfileTests {
  /// Runs `body` in a folder with a store `a.sqlite` that a partition of a chain has filled.
  private func withStore(_ body: (String) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
      let run = try await CommandLineRun(
        [
          "partition", "chain.onnx", "--stages", "2", "--backend", "null", "--store", "a.sqlite",
        ], in: folder)
      try #require(run.exitCode == 0, "\(run.standardError)")
      try await body(folder)
    }
  }

  private func profile(_ arguments: String, in folder: String) async throws -> CommandLineRun {
    try await CommandLineRun(
      ["profile"] + arguments.split(separator: " ").map(String.init), in: folder)
  }

  private func results(_ run: CommandLineRun) throws -> [[String: Any]] {
    try #require(try run.json()["results"] as? [[String: Any]])
  }

  @Test("lists, shows and removes what a search has measured")
  func whole() async throws {
    try await withStore { folder in
      let list = try await profile("list --store a.sqlite --format json", in: folder)
      #expect(list.exitCode == 0, "\(list.standardError)")
      let all = try results(list)
      try #require(all.count >= 2)
      #expect(try list.json()["schema_version"] as? Int == 1)
      #expect(try list.json()["matching"] as? Int == all.count)
      for field in [
        "stage", "backend", "backend_version", "device", "machine", "options", "status", "reason",
        "measured_at", "median_ms", "interval_ms", "runs", "latency_ms", "ended_by", "seconds",
      ] { #expect(all[0].keys.contains(field), "\(field)") }
      #expect(all.allSatisfy { $0["status"] as? String == "good" })

      let key = try #require(all[0]["stage"] as? String)
      let show = try await profile(
        "show \(key.prefix(10).uppercased()) --store a.sqlite --format json", in: folder)
      #expect(show.exitCode == 0, "\(show.standardError)")
      #expect(try results(show).allSatisfy { $0["stage"] as? String == key })
      let table = try await profile("show \(key) --store a.sqlite", in: folder)
      #expect(table.standardOutput.contains("Stage \(key)"))
      #expect(table.standardOutput.contains("independent ones"))

      let none = try await profile("list --store a.sqlite --status crashed", in: folder)
      #expect(none.exitCode == 0)
      #expect(none.standardOutput.contains("No result matches."))
      let few = try await profile("list --store a.sqlite --limit 1", in: folder)
      #expect(few.standardOutput.contains("The newest 1 of \(all.count); --limit shows more."))

      let kept = try await profile("prune --store a.sqlite --older-than 1h", in: folder)
      #expect(kept.exitCode == 0, "\(kept.standardError)")
      let removed = try await profile(
        "prune --store a.sqlite --stage \(key) --format json", in: folder)
      #expect(try removed.json()["removed"] as? Int ?? 0 > 0)
      #expect(try removed.json()["left"] as? Int ?? 0 < all.count)
      let rest = try await profile("prune --store a.sqlite --all --format json", in: folder)
      #expect(try rest.json()["left"] as? Int == 0)
    }
  }

  @Test("takes results to another store, where the same search measures no stage again")
  func travels() async throws {
    try await withStore { folder in
      let export = try await profile("export lines.jsonl --store a.sqlite", in: folder)
      #expect(export.exitCode == 0, "\(export.standardError)")
      let piped = try await profile("export --store a.sqlite", in: folder)
      #expect(
        try String(contentsOfFile: folder + "/lines.jsonl", encoding: .utf8)
          == piped.standardOutput)
      let again = try await profile("export lines.jsonl --store a.sqlite", in: folder)
      #expect(again.exitCode == 73)

      let lines = piped.standardOutput.split(separator: "\n").count
      let first = try await profile(
        "import lines.jsonl --store deeper/b.sqlite --format json", in: folder)
      #expect(try first.json()["taken"] as? Int == lines, "\(first.standardError)")
      let second = try await profile(
        "import lines.jsonl --store deeper/b.sqlite --format json", in: folder)
      #expect(try second.json()["taken"] as? Int == 0)
      #expect(try second.json()["read"] as? Int == lines)
      let run = try await CommandLineRun(
        [
          "partition", "chain.onnx", "--stages", "2", "--backend", "null", "--store",
          "deeper/b.sqlite", "--output", "again", "--format", "json",
        ], in: folder)
      let search = try #require(try run.json()["search"] as? [String: Any])
      #expect(search["measurements"] as? Int == 0)
      #expect(search["compilations"] as? Int == 0)
      #expect(search["reused"] as? Int ?? 0 > 0)
    }
  }

  @Test("sets a damaged store aside with a message")
  func damaged() async throws {
    try await withTemporaryFolder { folder in
      let text = String(repeating: "this is no database\n", count: 300)
      try text.write(toFile: folder + "/bad.sqlite", atomically: true, encoding: .utf8)
      let run = try await profile("list --store bad.sqlite", in: folder)
      #expect(run.exitCode == 0)
      #expect(
        run.standardError
          == """
          note: the profile store bad.sqlite is damaged (file is not a database); it was moved to \
          bad.sqlite.damaged-1 and a new one was begun, so earlier measurements are made again

          """)
      #expect(
        try String(contentsOfFile: folder + "/bad.sqlite.damaged-1", encoding: .utf8) == text)
    }
  }

  @Test("leaves a file alone whose name does not say that it is a store")
  func foreignFile() async throws {
    try await withTemporaryFolder { folder in
      let model = TestONNX.chain(4)
      try TestModels.write(model, to: folder + "/mm.onnx")
      for arguments in ["profile list", "partition mm.onnx --stages 2 --backend null --output out"]
      {
        let run = try await CommandLineRun(
          arguments.split(separator: " ").map(String.init) + ["--store", "mm.onnx"], in: folder)
        #expect(run.exitCode == 65)
        #expect(
          run.standardError
            == "error: mm.onnx is no profile store; name another file with --store\n")
        #expect(
          try Data(contentsOf: URL(fileURLWithPath: folder + "/mm.onnx")) == Data(model.encoded))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["mm.onnx"])
      }
      let made = try await CommandLineRun(
        script: "touch empty any.name; \"$isocut\" profile import empty --store any.name",
        in: folder)
      #expect(made.exitCode == 0, "\(made.standardError)")
      let listed = try await profile("list --store any.name", in: folder)
      #expect(listed.exitCode == 0, "\(listed.standardError)")
    }
  }

  @Test("makes no store for a file that it refuses")
  func refusedImport() async throws {
    try await withTemporaryFolder { folder in
      try "no line".write(toFile: folder + "/bad.jsonl", atomically: true, encoding: .utf8)
      let run = try await profile("import bad.jsonl --store new.sqlite", in: folder)
      #expect(run.exitCode == 65)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["bad.jsonl"])
    }
  }

  static let mistakes: [(name: String, code: Int32, arguments: String)] = [
    ("no-store", 66, "list --store nowhere.sqlite"),
    ("no-stage", 66, "show 0123456789 --store a.sqlite"),
    ("no-key", 64, "show stage --store a.sqlite"),
    ("unknown-status", 64, "list --status broken --store a.sqlite"),
    ("no-age", 64, "prune --older-than lately --store a.sqlite"),
    ("nothing-to-prune", 64, "prune --store a.sqlite"),
    ("two-ways-to-prune", 64, "prune --all --to-size 1MiB --store a.sqlite"),
    ("no-import", 66, "import nowhere.jsonl --store a.sqlite"),
    ("bad-import", 65, "import bad.jsonl --store a.sqlite"),
    ("no-limit", 64, "list --limit 0 --store a.sqlite"),
  ]

  @Test("says what is wrong with a command line", arguments: mistakes)
  func isRefused(name: String, code: Int32, arguments: String) async throws {
    try await withTemporaryFolder { folder in
      let empty = try await CommandLineRun(
        script: #": > none; "$isocut" profile import none --store a.sqlite"#, in: folder)
      #expect(empty.exitCode == 0)
      try "{}\n".write(toFile: folder + "/bad.jsonl", atomically: true, encoding: .utf8)
      let run = try await profile(arguments, in: folder)
      #expect(run.exitCode == code)
      #expect(run.standardOutput.isEmpty)
      let message = run.standardError.replacingOccurrences(of: folder, with: "FOLDER")
      expectSnapshot(
        "$ isocut profile \(arguments)\n\(message)exit code \(run.exitCode)\n",
        named: "command-line/error-profile-\(name)")
    }
  }
}
