import Foundation
import Testing
import _IsocutTestSupport

/// What is not paid for twice.
@Suite("The same partition a second time", .serialized) struct ReuseTests {
  @Test("measures, compiles and prepares nothing, and gives the same figures")
  func nullBackend() async throws {
    try await withTemporaryFolder { folder in
      _ = try await check(
        ["partition", TestModels.diamond, "--stages", "2", "--backend", "null"], in: folder)
    }
  }

  @Test(
    "measures, compiles and prepares nothing with a real engine either, and takes no longer than its checks",
    .needsONNXRuntime)
  func realEngine() async throws {
    try await withTemporaryFolder { folder in
      let seconds = try await check(
        [
          "partition", Engine.sample("ch_ppocr_mobile_v2.0_cls_infer"), "--stages", "2",
          "--shape", "x=1,3,48,192", "--budget", "12measurements",
        ], in: folder)
      // A second plus what a debug build adds.
      #expect(seconds < 10)
    }
  }

  /// - Returns: seconds of the second run.
  private func check(
    _ command: [String], in folder: String
  ) async throws -> Double {
    let cache = ["XDG_CACHE_HOME": folder + "/cache"]
    var figures: [[String: Any]] = []
    for output in ["first", "second"] {
      let run = try await CommandLineRun(
        command + ["--output", output, "--format", "json"], in: folder, seconds: 300,
        environment: cache)
      try #require(run.exitCode == 0, "\(run.standardError)")
      figures.append(try run.json())
    }
    let searches = figures.compactMap { $0["search"] as? [String: Any] }
    let paid = try #require(searches[0]["measurements"] as? Int)
    #expect(paid > 0)
    #expect(searches[1]["measurements"] as? Int == 0)
    #expect(searches[1]["compilations"] as? Int == 0)
    #expect(searches[1]["reused"] as? Int ?? 0 >= paid)
    for figure in ["bottleneck_ms", "bottleneck_together_ms", "equal_parameters_bottleneck_ms"] {
      #expect(figures[0][figure] as? Double == figures[1][figure] as? Double, "\(figure)")
    }
    let prepared = try FileManager.default.contentsOfDirectory(
      atPath: folder + "/cache/isocut/prepared")
    #expect(prepared.count == 1)
    return try #require(searches[1]["seconds"] as? Double)
  }
}
