import Foundation
import IsocutSearch
import IsocutSolver
import Testing

/// The graphs of the published data set and their proven optima.
@Suite struct PublishedOptimaTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var accelerators: Int
    var cpus: Int
    var optimum: Double

    var testDescription: String { "\(name) k=\(accelerators) l=\(cpus)" }
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Data/msr-fiddle")

  static func graph(_ name: String, _ pass: String = "inference") throws -> CostGraph {
    let file = folder.appending(path: "\(name)_\(pass).json")
    return try CostGraph(json: try Data(contentsOf: file), name: file.lastPathComponent)
  }

  static var rows: [Row] {
    let table = try? String(
      contentsOf: folder.appending(path: "optima.csv"), encoding: .utf8)
    return (table ?? "").split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return Row(
        name: String(fields[0]), accelerators: Int(fields[3])!, cpus: Int(fields[4])!,
        optimum: Double(fields[6]) ?? .infinity)
    }
  }

  @Test(arguments: rows)
  func optimumIsFoundAndProven(row: Row) throws {
    // The larger graphs take seconds in a debug build.
    if row.name.hasPrefix("bert_l") || row.name.hasPrefix("inception"), row.accelerators > 2,
      !runsLong
    {
      return
    }
    var graph = try Self.graph(row.name)
    if row.cpus == 0 { graph = graph.onEqualDevices(count: row.accelerators) }
    let solution = try solve(graph.problem)
    #expect(solution.isOptimal)
    if row.optimum.isFinite {
      #expect(abs(solution.bottleneck - row.optimum) <= 1e-6 * row.optimum)
      #expect(solution.lowerBound == solution.bottleneck)
    } else {
      #expect(!solution.isFeasible)
    }
    try solution.check(for: graph.problem)
  }

  @Test func tableIsRead() { #expect(Self.rows.count == 35) }

  @Test(arguments: [("bert24", 41.7458125), ("resnet50", 78.6318125)])
  func trainingGraphsHaveTheirOptimum(name: String, optimum: Double) throws {
    let graph = try Self.graph(name, "training")
    let solution = try solve(graph.problem)
    #expect(solution.isOptimal)
    #expect(abs(solution.bottleneck - optimum) <= 1e-6 * optimum)
    try solution.check(for: graph.problem)
  }
}
