internal import Foundation
internal import IsocutGraph
internal import IsocutSearch
internal import IsocutSolver

/// A problem to solve and what is asked of the solver on it.
struct Workload {
  var name: String
  var problem: Problem
  /// Seconds after which the solve is stopped.
  var budget: Double
  /// Gap in percent that must be reached by then; 0 = proven.
  var gap: Double
  /// Seconds within which it must be proven, where the gap is 0.
  var target: Double
  var optimum: Double?
}

enum Workloads {
  private static let kind = DeviceKind(rawValue: "acc")

  private static func devices(_ count: Int) -> [StageDevice] {
    Array(repeating: StageDevice(kind: kind), count: count)
  }

  /// The published graphs, with their own devices and with 1 to 16 equal ones.
  static func published(in folder: URL) throws -> [Workload] {
    var list: [Workload] = []
    let names = ["bert24", "resnet50", "inceptionv3", "bert_l-3", "bert_l-6"]
    var optima: [String: Double] = [:]
    let table = try String(contentsOf: folder.appending(path: "optima.csv"), encoding: .utf8)
    for line in table.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      optima["\(fields[0]) k=\(fields[3]) l=\(fields[4])"] = Double(fields[6])
    }
    for name in names {
      let file = folder.appending(path: "\(name)_inference.json")
      let graph = try CostGraph(json: try Data(contentsOf: file), name: name)
      let cpus = graph.problem.devices.count { $0.kind == .cpu }
      let own = "\(name) k=\(graph.problem.devices.count - cpus) l=\(cpus)"
      list.append(
        Workload(
          name: own, problem: graph.problem, budget: 10, gap: 0, target: 1, optimum: optima[own]))
      for count in 1...16 {
        let label = "\(name) k=\(count) l=0"
        list.append(
          Workload(
            name: label, problem: graph.onEqualDevices(count: count).problem, budget: 10, gap: 0,
            target: 5, optimum: optima[label]))
      }
    }
    return list
  }

  /// The sample models in 2 to 8 stages; none where their cost graphs have not been made.
  static func models(in folder: URL) throws -> [Workload] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.flatMap {
      file in
      let name = file.deletingPathExtension().lastPathComponent
      let graph = try CostGraph(json: try Data(contentsOf: file), name: name)
      return (2...8).map { count in
        Workload(
          name: "model \(name) k=\(count)", problem: graph.onEqualDevices(count: count).problem,
          budget: 1, gap: 1, target: 1)
      }
    }
  }

  /// Chains of 10,000 operators with 64 devices.
  static var chains: [Workload] {
    [0, 0.2, 5].map { transfer in
      var random = Random(state: 7)
      let count = 10_000
      let problem = Problem(
        operatorCount: count,
        successors: (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] }, devices: devices(64),
        times: [kind: (0..<count).map { _ in exp(random.number(-2, 2)) }],
        nets: (0..<count - 1).map {
          Net(producer: $0, consumers: [$0 + 1], cost: transfer * random.number(0, 1))
        })
      return Workload(
        name: "chain 10000 k=64 transfer \(transfer)", problem: problem, budget: 10, gap: 0,
        target: 1)
    }
  }

  /// Ten modules of parallel branches: the hard class.
  static var modules: [Workload] {
    [(6, 0.05, 15.0, 0.0), (6, 1, 10, 1), (8, 0.05, 10, 2), (8, 1, 10, 2)].flatMap {
      branches, transfer, budget, gap in
      (1...3).map { seed in
        Workload(
          name: "\(branches) branches x 4, transfer \(transfer), seed \(seed)",
          problem: module(branches: branches, transfer: transfer, seed: UInt64(seed)),
          budget: budget, gap: gap, target: budget)
      }
    }
  }

  private static func module(branches: Int, transfer: Double, seed: UInt64) -> Problem {
    var random = Random(state: seed)
    var successors: [[Int]] = [[]]
    var last = 0
    for _ in 0..<10 {
      let join = successors.count + branches * 4
      for _ in 0..<branches {
        var previous = last
        for _ in 0..<4 {
          successors[previous].append(successors.count)
          previous = successors.count
          successors.append([])
        }
        successors[previous].append(join)
      }
      successors.append([])
      last = join
    }
    return drawn(successors, transfer: transfer, devices: 6, &random)
  }

  /// 2,000 operators in layers of 50, three predecessors each on average.
  static var layered: Workload {
    var random = Random(state: 3)
    let (count, width) = (2_000, 50)
    var successors: [[Int]] = Array(repeating: [], count: count)
    for unit in width..<count {
      let start = (unit / width - 1) * width
      for before in start..<start + width where random.number(0, 1) < 3 / Double(width) {
        successors[before].append(unit)
      }
    }
    return Workload(
      name: "layered 2000 x 50 k=8", problem: drawn(successors, transfer: 0.1, devices: 8, &random),
      budget: 5, gap: .infinity, target: 6)
  }

  private static func drawn(
    _ successors: [[Int]], transfer: Double, devices count: Int, _ random: inout Random
  ) -> Problem {
    let times = successors.map { _ in random.number(0.1, 1.9) }
    let nets = successors.indices.filter { !successors[$0].isEmpty }.map {
      Net(
        producer: $0, consumers: successors[$0], cost: transfer * random.number(0.1, 1.9))
    }
    return Problem(
      operatorCount: successors.count, successors: successors, devices: devices(count),
      times: [kind: times], nets: nets)
  }

  /// SplitMix64.
  private struct Random {
    var state: UInt64

    mutating func number(_ low: Double, _ high: Double) -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return low + (high - low) * Double(z >> 11) * 0x1p-53
    }
  }
}
