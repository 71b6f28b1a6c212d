import IsocutFormats
import IsocutSearch
import Testing

@Suite("What bench concludes") struct BenchResultTests {
  private func row(_ way: WayToRun, _ rates: [Double]) -> BenchResult.Row {
    BenchResult.Row(
      way,
      windows: rates.map { Window(items: Int($0 * 10), seconds: 10, latencies: [1]) },
      host: HostReport(loadMilliseconds: 1, firstRunMilliseconds: 1, peakMemoryMebibytes: 1))
  }

  @Test("two rivals that tie do not make a losing pipeline a tie")
  func rivalsTie() {
    let result = BenchResult(
      rows: [
        row(.pipeline, [100, 101, 99, 100, 101, 100]),
        row(.instances(2), [150, 152, 149, 151, 150, 151]),
        row(.oneSessionCallers(2), [152, 150, 151, 152, 149, 152]),
      ], stages: [])
    #expect(result.winner == .oneSessionCallers(2))
    #expect(result.comparison?.rival == .oneSessionCallers(2))
    #expect(result.comparison?.withinNoise == false)
    #expect(abs((result.comparison?.speedup ?? 0) - 0.665) < 0.01)
  }

  @Test("the pipeline driven from outside is no rival of the pipeline")
  func pushAndPop() {
    let result = BenchResult(
      rows: [
        row(.pipeline, [100, 101, 99, 100, 101, 100]),
        row(.pipelinePushPop, [102, 101, 100, 102, 101, 102]),
        row(.engineDefault(.onnx), [50, 51, 50, 52, 50, 51]),
      ], stages: [])
    #expect(result.winner == .pipeline)
    #expect(result.comparison?.rival == .engineDefault(.onnx))
    #expect(result.comparison?.withinNoise == false)
  }

  @Test("paired windows that point both ways are within noise")
  func noise() {
    let result = BenchResult(
      rows: [
        row(.pipeline, [100, 90, 110, 95, 105, 100]),
        row(.engineDefault(.onnx), [95, 105, 100, 100, 90, 110]),
      ], stages: [])
    #expect(result.comparison?.withinNoise == true)
  }

  @Test("without a rival nothing is compared")
  func alone() {
    let result = BenchResult(rows: [row(.pipeline, [100, 100])], stages: [])
    #expect(result.winner == .pipeline)
    #expect(result.comparison == nil)
  }
}
