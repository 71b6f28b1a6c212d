import Testing
import _IsocutTestSupport

@Suite("Options of bench") struct BenchOptionTests {
  @Test("--min-count may be as large as a number can be: --max-time ends the run")
  func minimumCount() async throws {
    try await withNullBundle { folder in
      let run = try await CommandLineRun(
        [
          "bench", "cut", "--only", "pipeline", "--min-count", String(Int.max), "--min-time",
          "0.01",
          "--max-time", "0.1",
        ], in: folder)
      #expect(run.exitCode == 0, "\(run.standardError)")
    }
  }

  @Test(
    "--in-flight is refused where nothing that runs has items in flight, and where it is out of range"
  )
  func refused() async throws {
    try await withNullBundle { folder in
      for (arguments, message) in [
        ("--in-flight 3 --only ort_default", "--in-flight says how many items the pipeline holds"),
        ("--in-flight 0", "--in-flight must be 1 to 1024"),
        ("--in-flight 1025", "--in-flight must be 1 to 1024"),
      ] {
        let run = try await CommandLineRun(
          ["bench", "cut"] + arguments.split(separator: " ").map(String.init), in: folder)
        #expect(run.exitCode == 64, "\(run.standardError)")
        #expect(run.standardError.hasPrefix("error: \(message)"), "\(run.standardError)")
      }
    }
  }
}
