import Testing
import _IsocutTestSupport

/// Runs `body` in a fresh folder with a model, `chain.onnx`, and its bundle in two stages of the null
/// backend, `cut`.
func withNullBundle(_ body: (String) async throws -> Void) async throws {
  try await withTemporaryFolder { folder in
    try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
    let made = try await CommandLineRun(
      [
        "partition", "chain.onnx", "--stages", "2", "--backend", "null", "--output", "cut",
        "--search", "equal-parameters",
      ], in: folder)
    try #require(made.exitCode == 0, "\(made.standardError)")
    try await body(folder)
  }
}
