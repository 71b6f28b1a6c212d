import Foundation
import IsocutGraph
import IsocutSearch
import _IsocutTestSupport

/// A model with times that only a device knows, and the guess that a search starts from.
struct SyntheticModel {
  var device: SyntheticDevice
  /// Milliseconds of each operator, wrong by up to the spread.
  var guess: [Double]
  var stageCount: Int

  /// A chain like a convolutional network: 45 % convolutions, 20 % depthwise ones, 25 %
  /// element-wise operators, 10 % poolings; log-normal times that fall with depth and weights that
  /// grow with it; 12 + 0.06 n ms and 22 + 0.08 n MiB in all.
  static func chain(
    operatorCount count: Int, stageCount: Int, guessSpread: Double = 0.3, seed: UInt64
  ) -> SyntheticModel {
    var random = SeededRandom(seed: seed)
    var times: [Double] = []
    var bytes: [Double] = []
    for index in 0..<count {
      let depth = Double(index) / Double(count)
      let pick = Double.random(in: 0..<1, using: &random)
      let spread = exp(0.6 * random.normal())
      switch pick {
      case ..<0.45:
        times.append(1 * spread * (1.5 - depth))
        bytes.append(exp(0.6 * random.normal()) * exp(3 * depth))
      case ..<0.65:
        times.append(0.3 * spread * (1.5 - depth))
        bytes.append(0.02 * exp(3 * depth))
      case ..<0.9:
        times.append(0.1 * spread * (1.5 - depth))
        bytes.append(0)
      default:
        times.append(0.15 * spread * (1.5 - depth))
        bytes.append(0)
      }
    }
    let time = (12 + 0.06 * Double(count)) / times.reduce(0, +)
    let size = (22 + 0.08 * Double(count)) * SyntheticDevice.mebibyte / bytes.reduce(0, +)
    times = times.map { $0 * time }
    var graph = Graph.chain(operatorCount: count, skips: [], bytes: 4)
    for index in graph.constants.indices {
      graph.constants[index].byteCount = Int(bytes[index] * size)
    }
    return SyntheticModel(
      device: SyntheticDevice(graph: graph, times: times, noiseSeed: seed),
      guess: times.map { $0 * (1 + Double.random(in: -1...1, using: &random) * guessSpread) },
      stageCount: stageCount)
  }

  /// A branched graph with times; bytes go with the times, in the same amounts as in a chain of
  /// this length.
  static func branched(
    successors: [[Int]], times: [Double], stageCount: Int, guessSpread: Double = 0.3, seed: UInt64
  ) -> SyntheticModel {
    var random = SeededRandom(seed: seed)
    let type = TensorType(element: .uint8, fixedShape: [4])
    let total = times.reduce(0, +)
    let count = times.count
    let scale = (12 + 0.06 * Double(count)) / total
    let size = (22 + 0.08 * Double(count)) * SyntheticDevice.mebibyte / total
    var tensors = [Tensor(name: "x", type: type, producer: nil, consumers: [])]
    for (index, readers) in successors.enumerated() {
      tensors.append(Tensor(name: "t\(index)", type: type, producer: index, consumers: readers))
    }
    var inputs = Array(repeating: [TensorIndex](), count: count)
    for (index, readers) in successors.enumerated() {
      for reader in readers { inputs[reader].append(index + 1) }
    }
    for index in 0..<count where inputs[index].isEmpty {
      inputs[index] = [0]
      tensors[0].consumers.append(index)
    }
    let operators = (0..<count).map { index in
      Operator(
        id: "t\(index)", name: "", kind: "Node", domain: "", inputs: inputs[index],
        outputs: [index + 1], constants: [index], filePosition: index)
    }
    let graph = Graph(
      name: "branched", operators: operators, tensors: tensors,
      constants: times.enumerated().map { Constant(name: "w\($0)", byteCount: Int($1 * size)) },
      inputs: [0],
      outputs: successors.indices.filter { successors[$0].isEmpty }.map { .tensor($0 + 1) })
    let scaled = times.map { $0 * scale }
    return SyntheticModel(
      device: SyntheticDevice(graph: graph, times: scaled, noiseSeed: seed),
      guess: scaled.map { $0 * (1 + Double.random(in: -1...1, using: &random) * guessSpread) },
      stageCount: stageCount)
  }

  /// A search with nothing measured yet.
  func search(
    tolerance: Double = 0.01, measurements: Int? = nil,
    operatorSpread: Double = 0.25, commonSpread: Double = 0.1,
    report: @escaping @Sendable (SearchEvent) -> Void = { _ in }
  ) throws -> CutSearch {
    let layout = try ClusterLayout(
      cpus: Array(0..<stageCount), stageCount: stageCount, clusterSizes: nil, mos: nil)
    return CutSearch(
      graph: device.graph, devices: layout.devices,
      priors: [
        layout.devices[0].speedKind: LearntTimes.Prior(
          times: guess, operatorSpread: operatorSpread, commonSpread: commonSpread)
      ],
      limits: CutSearch.Limits(tolerance: tolerance, measurements: measurements),
      measurer: device, report: report)
  }
}

extension SeededRandom {
  /// Box and Muller's method.
  mutating func normal() -> Double {
    let radius = (-2 * log(Double.random(in: Double.ulpOfOne..<1, using: &self))).squareRoot()
    return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
  }
}
