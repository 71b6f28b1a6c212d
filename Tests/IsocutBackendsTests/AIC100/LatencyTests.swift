import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite struct LatencyTests {
  /// The documented layout: four heading lines, padded names, `N/A` where nothing was recorded.
  static let file = """
    Program 1
    Activation 1
    Batch size 4
    Latency per inference
    Sample, devExecUs , execTotalUs, totalRoundtripTimeUs, queueDepth, numInfInQueue
    0, N/A, 63000.0, 64000.0, 10, 9
    1, N/A, 63100.0, 65000.0, 10, 9
    2, N/A, 63200.0, 66000.0, 10, 9
    3, N/A, 63300.0

    """

  @Test func wholeTimesAreReadInMilliseconds() throws {
    let latencies = try LatencyFile(parsing: Self.file, path: "latency.txt")
    #expect(latencies.columns[1] == "devExecUs")
    #expect(latencies.rows.count == 3)
    #expect(latencies.rows[0][1] == nil)
    #expect(latencies.totalMilliseconds == [64, 65, 66])
  }

  @Test func withoutTheNameTheThirdColumnFromTheEndCounts() throws {
    let text = Self.file.split(separator: "totalRoundtripTimeUs").joined(separator: "wholeUs")
    let latencies = try LatencyFile(parsing: text, path: "latency.txt")
    #expect(latencies.totalMilliseconds == [64, 65, 66])
  }

  @Test func anotherNumberOfHeadingLinesDoesNotMatter() throws {
    let table = Self.file.split(separator: "\n").dropFirst(4).joined(separator: "\n")
    #expect(try LatencyFile(parsing: table, path: "l").totalMilliseconds == [64, 65, 66])
  }

  @Test func aFileWithoutATableIsNamed() {
    let error = #expect(throws: IsocutError.self) {
      try LatencyFile(parsing: "nothing\nhere\n", path: "a/latency.txt")
    }
    #expect(error?.message == "a/latency.txt holds no table of latencies")
  }

  @Test func quantilesAreInterpolated() {
    let values = [4.0, 1, 3, 2]
    #expect(LatencyFile.quantile(0.5, of: values) == 2.5)
    #expect(LatencyFile.quantile(0, of: values) == 1)
    #expect(LatencyFile.quantile(1, of: values) == 4)
    #expect(LatencyFile.quantile(0.95, of: [7]) == 7)
    #expect(LatencyFile.quantile(0.95, of: []) == nil)
    #expect(LatencyFile.quantile(0.5, of: [.nan, 2]) == 2)
  }

  @Test func thePublishedSummariesAreRead() throws {
    let tables = LatencySummary.all(
      in: try TestData.text("cloud-ai-100/logs/latency_summary.txt"))
    #expect(tables.count == 3)
    #expect(tables.map(\.rows.count) == [9, 9, 13])
    #expect(tables[0]["totalRoundtripTime", "95%"] == 64.721988)
    #expect(tables[1]["execTotal", "mean"] == 1.349014)
    #expect(tables[2]["devInfPerSec", "max"] == 355.981)
    #expect(tables[2]["devInfPerSec", "42%"] == nil)
  }
}
