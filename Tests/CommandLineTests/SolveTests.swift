import Foundation
import Testing
import _IsocutTestSupport

/// `isocut solve` on small graphs with answers worked out on paper.
@Suite("Solve") struct SolveTests {
  /// A chain of operators on `devices` equal devices; `costs[i]` is the net from i to i + 1.
  private func chain(_ times: [Double], costs: [Double] = [], devices: Int) throws -> Data {
    try JSONSerialization.data(withJSONObject: [
      "schema_version": 1,
      "operators": times.enumerated().map {
        ["id": $0, "times_ms": ["acc": $1], "bytes": 3] as [String: Any]
      },
      "edges": times.indices.dropLast().map { [$0, $0 + 1] },
      "nets": costs.enumerated().map {
        ["producer": $0, "consumers": [$0 + 1], "cost_ms": $1] as [String: Any]
      },
      "devices": [["kind": "acc", "count": devices] as [String: Any]],
    ])
  }

  private func solve(
    _ graph: Data, _ arguments: String...
  ) async throws -> (exitCode: Int32, result: [String: Any], error: String) {
    try await withTemporaryFolder { folder in
      try graph.write(to: URL(filePath: folder).appending(path: "graph.json"))
      let run = try await CommandLineRun(
        ["solve", "graph.json", "--format", "json"] + arguments, in: folder)
      let result = try? JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8))
      return (run.exitCode, result as? [String: Any] ?? [:], run.standardError)
    }
  }

  @Test("--all-devices leaves none unused, even where that costs")
  func allDevices() async throws {
    let graph = try chain([5, 5, 5, 5], costs: [10, 100, 10], devices: 2)
    let some = try await solve(graph)
    #expect(some.result["bottleneck_ms"] as? Double == 20)
    #expect((some.result["stages"] as? [Any])?.count == 1)
    let all = try await solve(graph, "--all-devices")
    #expect(all.result["bottleneck_ms"] as? Double == 25)
    #expect((all.result["stages"] as? [Any])?.count == 2)
    #expect(all.result["optimal"] as? Bool == true)
  }

  @Test("--all-devices with more devices than operators is infeasible")
  func tooManyDevices() async throws {
    let run = try await solve(try chain([1, 1], devices: 3), "--all-devices")
    #expect(run.exitCode == 78)
  }

  @Test("--copies lets equal devices share a stage")
  func copies() async throws {
    let graph = try chain([2, 8, 2], devices: 4)
    #expect(try await solve(graph).result["bottleneck_ms"] as? Double == 8)
    let copied = try await solve(graph, "--copies", "4")
    #expect(copied.result["bottleneck_ms"] as? Double == 3)
    let stages = try #require(copied.result["stages"] as? [[String: Any]])
    #expect(stages.count == 1)
    #expect(stages.first?["copies"] as? [String] == ["acc0", "acc1", "acc2", "acc3"])
  }

  @Test("--copies needs the memory of the whole stage on each device")
  func copiesWithinMemory() async throws {
    let graph = try chain([2, 8, 2], devices: 4)
    let run = try await solve(graph, "--copies", "4", "--memory-limit", "6")
    let bottleneck = try #require(run.result["bottleneck_ms"] as? Double)
    #expect(abs(bottleneck - 10 / 3.0) < 1e-12)
  }

  @Test("--copies is a count of devices", arguments: ["0", "4097"])
  func copiesOutOfRange(count: String) async throws {
    let run = try await solve(try chain([1], devices: 1), "--copies", count)
    #expect(run.exitCode == 64)
    #expect(run.error.contains("--copies is 1 to 4096, not \(count)"))
  }

  @Test("--stages, --objective and limits are obeyed")
  func limits() async throws {
    let graph = try chain([1, 1, 1, 1], costs: [1, 1, 1], devices: 4)
    #expect(
      try await solve(graph, "--stages", "1").result["bottleneck_ms"] as? Double == 4)
    let whole = try await solve(graph, "--objective", "latency")
    #expect(whole.result["latency_ms"] as? Double == 4)
    let divided = try await solve(graph, "--objective", "latency", "--bottleneck-limit", "3")
    #expect(divided.result["latency_ms"] as? Double == 6)
    let quick = try await solve(graph, "--latency-limit", "4")
    #expect(quick.result["bottleneck_ms"] as? Double == 4)
    let tight = try await solve(graph, "--stages", "2", "--memory-limit", "5")
    #expect(tight.exitCode == 78)
  }
}
