import Foundation
import Testing
import _IsocutTestSupport

@Suite("Help") struct HelpTests {
  @Test(
    "of every command is what a reviewer approved",
    arguments: [
      "", "inspect", "partition", "verify", "bench", "run", "solve", "profile", "profile list",
      "profile show", "profile prune", "profile export", "profile import", "backends",
      "partition-with-profiling", "model-configurator", "worker",
    ])
  func help(command: String) async throws {
    let words = command.split(separator: " ").map(String.init) + ["--help"]
    let run = try await CommandLineRun(words, in: "/")
    #expect(run.exitCode == 0)
    #expect(run.standardError.isEmpty)
    expectSnapshot(
      run.standardOutput,
      named:
        "command-line/help-\(command.isEmpty ? "isocut" : words.dropLast().joined(separator: "-"))"
    )
  }

  @Test("lists every command that has a help of its own")
  func commands() async throws {
    let run = try await CommandLineRun(["--help"], in: "/")
    let listed = run.standardOutput.components(separatedBy: "SUBCOMMANDS:\n").last?
      .split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(
      listed?.filter { $0 != "See" } == [
        "inspect", "partition", "verify", "bench", "run", "solve", "profile", "backends",
        "partition-with-profiling", "model-configurator", "worker",
      ])
  }
}
