import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite struct RunnerOutputTests {
  @Test func everyPublishedResultLineIsRead() throws {
    for published in try PublishedCases.read().runner_line_cases {
      let result = try #require(RunnerOutput(parsing: published.line + "\n").results.last)
      #expect(result.executions == published.count)
      #expect(result.durationMicroseconds == published.duration_us)
      #expect(result.batchSize == published.batch)
      #expect(result.rate == published.rate)
      let computed =
        Double(result.executions) * 1e6 / Double(result.durationMicroseconds)
        * Double(result.batchSize)
      #expect(abs(computed / result.rate - 1) < 1e-4)
    }
  }

  @Test func aLogOfThreeRunsHasThreeResults() throws {
    let output = RunnerOutput(
      parsing: try TestData.text("cloud-ai-100/logs/runner_resnet50_fp16.txt"))
    #expect(output.results.map(\.rate) == [4378.382, 679.324, 1361.609])
    #expect(output.writtenFiles.count == 10)
    #expect(output.writtenFiles.first == "./resnet50_stats/aic-profiling-program-1-latency.txt")
    #expect(output.devicePerformance.isEmpty)
  }

  @Test func deviceStatisticsAreRead() throws {
    let output = RunnerOutput(
      parsing: try TestData.text("cloud-ai-100/logs/runner_bert_device_performance.txt"))
    #expect(output.results.map(\.rate) == [1924.281, 2312.608])
    #expect(output.devicePerformance.count == 6)
    let last = try #require(output.devicePerformance.last)
    #expect(last.name == "OutputWaitTimeUs")
    #expect(last.average == 0.124)
    #expect(last.maximum == 2.240)
  }

  @Test func usageWithStatusZeroIsAFailure() {
    let error = #expect(throws: IsocutError.self) {
      try RunnerOutput.result(
        standardOutput: "Usage: qaic-runner [options]\n  -h, --help   help\n",
        standardError: "unknown option --frobnicate", status: 0)
    }
    #expect(error?.code == .vendorTool)
    #expect(
      error?.message == """
        qaic-runner printed no result line (exit status 0); it said: unknown option --frobnicate | \
        Usage: qaic-runner [options] | -h, --help   help
        """)
  }

  @Test(arguments: [
    "", " ---- Stats ----\n", "InferenceCnt 12 TotalDuration 3us BatchSize 1 Inf/Sec",
    "InferenceCnt 12 TotalDuration 3 BatchSize 1 Inf/Sec 4", "Inf/Sec 4378.382",
  ])
  func aCutResultLineIsNoResult(text: String) {
    #expect(RunnerOutput(parsing: text).results.isEmpty)
    #expect(throws: IsocutError.self) {
      try RunnerOutput.result(standardOutput: text, standardError: "", status: 0)
    }
  }

  @Test func aGoodLineWithABadStatusIsAFailure() {
    let line = "InferenceCnt 4252 TotalDuration 10001975us BatchSize 1 Inf/Sec 425.116"
    let error = #expect(throws: IsocutError.self) {
      try RunnerOutput.result(
        standardOutput: line, standardError: "Output validation failed", status: 1)
    }
    #expect(error?.message.hasPrefix("qaic-runner failed with exit status 1; ") == true)
    #expect(throws: Never.self) {
      try RunnerOutput.result(standardOutput: line, standardError: "", status: 0)
    }
  }

  @Test func noFinishedInferenceIsAFailure() {
    #expect(throws: IsocutError.self) {
      try RunnerOutput.result(
        standardOutput: "InferenceCnt 0 TotalDuration 10001975us BatchSize 1 Inf/Sec 0.000",
        standardError: "", status: 0)
    }
  }
}
