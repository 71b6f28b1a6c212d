import Testing
import _IsocutTestSupport

@Suite("bench --in-flight") struct BenchOptionTests {
  @Test("is refused where nothing that runs has items in flight, and where it is out of range")
  func refused() async throws {
    try await withNullBundle { folder in
      for (arguments, message) in [
        ("--in-flight 3 --only ort_default", "--in-flight says how many items the pipeline holds"),
        ("--in-flight 0", "--in-flight must be 1 to 65536"),
        ("--in-flight 65537", "--in-flight must be 1 to 65536"),
      ] {
        let run = try await CommandLineRun(
          ["bench", "cut"] + arguments.split(separator: " ").map(String.init), in: folder)
        #expect(run.exitCode == 64, "\(run.standardError)")
        #expect(run.standardError.hasPrefix("error: \(message)"), "\(run.standardError)")
      }
    }
  }
}
