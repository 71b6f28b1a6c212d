import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite struct ProfileLogTests {
  @Test func thePublishedOperatorStatisticsAreRead() throws {
    let statistics = OperatorStatistics(
      parsing: try TestData.text("cloud-ai-100/logs/opstats_activation_bert.txt"))
    #expect(statistics.operators.count == 13)
    let convolution = statistics.operators[1]
    #expect(convolution.core == "c0")
    #expect(convolution.microcycles == 244_552)
    #expect(convolution.percent == 55)
    #expect(convolution.count == 1081)
    #expect(convolution.writtenKilobytes == 525_124)
    #expect(convolution.details == "aicconvolutiond32 HMX TCM (float16, i8, index32)")
    #expect(statistics.operators[0].writtenKilobytes == nil)
    #expect(statistics.utilization["c0 t4 HMX"] == 54.77)
    #expect(statistics.utilization.count == 6)
    #expect(statistics.effectiveMegahertz == 1233.12)
    #expect(statistics.itemsPerSecond == 345.419)
  }

  @Test func anEmptyFileHasNoStatistics() {
    let statistics = OperatorStatistics(parsing: "")
    #expect(statistics.operators.isEmpty)
    #expect(statistics.effectiveMegahertz == nil)
  }

  @Test func thePublishedSearchesOfTheConfiguratorAreRead() throws {
    let log = ConfiguratorLog(
      parsing: try TestData.text("cloud-ai-100/logs/model_configurator_results.txt"))
    #expect(log.searches.map(\.unit) == ["inf/sec", "inf/sec", "micro-sec", "micro-sec"])
    #expect(log.searches.map(\.rows.count) == [5, 5, 5, 5])
    let best = try #require(log.searches[0].rows.max { $0.objective < $1.objective })
    #expect(best.cores == 8)
    #expect(best.batchSize == 16)
    #expect(best.setSize == 3)
    #expect(best.objective == 5258.90)
    #expect(log.searches[1].rows[0].setSize == nil)
    let unstable = log.searches[2].rows[1]
    #expect(unstable.status == "NUMERICAL_FAILURE")
    #expect(unstable.mos == [7])
  }
}
