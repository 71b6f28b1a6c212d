import IsocutGraph
import IsocutSearch
import IsocutSolver
import _IsocutTestSupport

/// A device with known truth: operator times, a fixed cost per call, a rate for constants beyond a
/// capacity, a cost at some seams, and noise of which every stage has one draw.
struct SyntheticDevice: StageMeasuring {
  static let mebibyte = 1_048_576.0

  var graph: Graph
  var times: [Double]
  var call = 0.0
  var offChip: OffChip?
  /// Milliseconds for each tensor at which a stage is cut out.
  var seams: [TensorIndex: Double] = [:]
  /// Greatest relative error of a measurement.
  var noise = 0.0
  /// What intervals say the noise is; nil where they are right.
  var claimedNoise: Double?
  var noiseSeed: UInt64 = 0
  /// Stages that do not run.
  var broken: Set<OperatorSet> = []

  /// As measured on an Edge TPU: 0.4 ms a call, 2.76 ms for each MiB beyond 6.9 MiB.
  mutating func becomeEdgeLike() {
    call = 0.4
    offChip = OffChip(
      capacityBytes: Int(6.9 * Self.mebibyte), timePerByte: 2.76 / Self.mebibyte)
  }

  /// The true time of a stage.
  func milliseconds(_ stage: OperatorSet) -> Double {
    var time = call
    for member in stage { time += times[member] }
    if let offChip {
      let excess = max(0, graph.parameterBytes(of: stage) - offChip.capacityBytes)
      time += offChip.timePerByte * Double(excess)
    }
    if !seams.isEmpty {
      let boundary = graph.boundary(of: stage)
      time += (boundary.inputs + boundary.outputs).reduce(0) { $0 + (seams[$1] ?? 0) }
    }
    return time
  }

  func bottleneck(_ cut: Cut) -> Double { cut.stages.map(milliseconds).max() ?? .infinity }

  func measure(_ stage: OperatorSet, on device: Device) async throws -> StageTime {
    if broken.contains(stage) { return .failed("it crashed") }
    var seed = noiseSeed
    for word in stage.words { seed = (seed ^ word) &* 0x100_0000_01B3 }
    var random = SeededRandom(seed: seed)
    let time = milliseconds(stage) * (1 + Double.random(in: -1...1, using: &random) * noise)
    let claimed = claimedNoise ?? noise
    return StageTime(
      milliseconds: time, low: time / (1 + claimed), high: time / (1 - claimed), latency: time,
      isSteady: true)
  }

  /// The smallest bottleneck of all cuts of the graph, with the stages' true costs. Seams are left
  /// out.
  func optimum(stageCount: Int) throws -> Solution {
    let kind = DeviceKind(rawValue: "synthetic")
    var problem = Problem(
      operatorCount: times.count, successors: graph.successors,
      devices: Array(repeating: StageDevice(kind: kind, overhead: call), count: stageCount),
      times: [kind: times])
    problem.usesAllDevices = true
    if let offChip {
      problem.offChip = [kind: offChip]
      problem.memory.constants = graph.constants.indices.map { constant in
        StageMemory.SharedConstant(
          bytes: graph.constants[constant].byteCount,
          readers: graph.operators.indices.filter {
            graph.operators[$0].constants.contains(constant)
          })
      }
    }
    return try solve(problem, limits: SolverLimits(states: 20_000_000))
  }

  /// The same for a chain, by trying all places: nothing of the solver in it.
  func chainOptimum(stageCount: Int) -> Double {
    let count = times.count
    var time = [0.0]
    var bytes = [0]
    for index in 0..<count {
      time.append(time[index] + times[index])
      bytes.append(
        bytes[index]
          + graph.operators[index].constants.reduce(0) { $0 + graph.constants[$1].byteCount })
    }
    func cost(_ start: Int, _ end: Int) -> Double {
      let excess = max(0, bytes[end] - bytes[start] - (offChip?.capacityBytes ?? .max))
      return call + time[end] - time[start] + Double(excess) * (offChip?.timePerByte ?? 0)
    }
    var best = (0...count).map { $0 == 0 ? 0 : cost(0, $0) }
    for _ in 1..<stageCount {
      var next = Array(repeating: Double.infinity, count: count + 1)
      for end in 1...count {
        for start in 0..<end {
          next[end] = min(next[end], max(best[start], cost(start, end)))
        }
      }
      best = next
    }
    return best[count]
  }
}
