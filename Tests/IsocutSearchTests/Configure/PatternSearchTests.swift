import IsocutBackends
import Testing

@testable import IsocutSearch

@Suite("Pattern search") struct PatternSearchTests {
  typealias Point = PatternSearch.Point

  /// Highest at 9 cores and batch size 13.
  private func hill(_ point: Point) -> Double {
    let cores = (point[.cores] ?? 0) - 9
    let batch = (point[.batchSize] ?? 0) - 13
    return 1000 - Double(cores * cores) - Double(batch * batch)
  }

  @Test func theTopOfAHillIsFoundAndNoPointIsMeasuredTwice() throws {
    var measured: [Point] = []
    let search = PatternSearch(ranges: [.cores: 1...16, .batchSize: 1...64], limit: 200) { $0 }
    let outcome = search.run(from: [.cores: 1, .batchSize: 64]) { points in
      measured += points
      return points.map(hill)
    }
    #expect(outcome.point == [.cores: 9, .batchSize: 13])
    #expect(outcome.value == 1000)
    #expect(outcome.status == .success)
    #expect(Set(measured).count == measured.count)
    #expect(outcome.evaluations == measured.count)
    #expect(measured.count < 100)
  }

  @Test func theLimitIsNeverExceeded() {
    var count = 0
    let search = PatternSearch(ranges: [.cores: 1...16, .batchSize: 1...64], limit: 7) { $0 }
    let outcome = search.run(from: [.cores: 1, .batchSize: 1]) { points in
      count += points.count
      return points.map(hill)
    }
    #expect(count == 7)
    #expect(outcome.status == .evaluationLimit)
  }

  @Test func aStartThatFailsIsLeftForANeighbourThatRuns() {
    let search = PatternSearch(ranges: [.cores: 1...4], limit: 20) { $0 }
    let outcome = search.run(from: [.cores: 1]) { points in
      points.map { $0[.cores] == 1 ? nil : Double($0[.cores] ?? 0) }
    }
    #expect(outcome.point == [.cores: 4])
    let none = search.run(from: [.cores: 1]) { $0.map { _ in nil } }
    #expect(none.status == .failed)
  }

  @Test func moreCoresTakeFewerInstancesWithThem() throws {
    var seen: [AICConfiguration] = []
    let file = ConfiguratorFile(
      ranges: [.cores: 1...14, .instances: 1...14], starts: [[.cores: 2, .instances: 7]])
    let search = OptimizedSearch(file, nsps: 14, setSize: 10)
    _ = try search.run { requests in
      seen += requests.map(\.configuration)
      return requests.map { ConfigurationResult($0.configuration) }
    }
    #expect(seen.contains { $0.layout.cores == 5 && $0.layout.instances == 2 })
    #expect(seen.allSatisfy { $0.layout.problem(onDeviceWith: 14) == nil })
  }

  @Test func whatWasFoundIsPrintedAsTheVendorsLogHasIt() throws {
    let file = ConfiguratorFile(
      objective: .latency, ranges: [.cores: 1...14], fixed: [.mos: 2, .batchSize: 4],
      starts: [[.cores: 1], [.cores: 13]])
    let search = OptimizedSearch(file, nsps: 14, setSize: 10)
    let outcomes = [
      PatternSearch.Outcome(
        status: .success, start: [.cores: 1, .mos: 2, .batchSize: 4],
        point: [.cores: 14, .mos: 2, .batchSize: 4], value: -1.25, evaluations: 9),
      PatternSearch.Outcome(
        status: .failed, start: [.cores: 13], point: [.cores: 13], value: nil, evaluations: 3),
    ]
    let text = OptimizedResults(search: search, outcomes: outcomes).text
    let log = try #require(ConfiguratorLog(parsing: text).searches.first)
    #expect(log.unit == "micro-sec")
    let first = try #require(log.rows.first)
    #expect(first.status == "SUCCESS" && first.objective == 1250)
    #expect(first.cores == 14 && first.mos == [2] && first.batchSize == 4)
    #expect(first.instances == 1 && first.setSize == 1)
    #expect(log.rows.map(\.status) == ["SUCCESS", "FAILED"])
  }
}
