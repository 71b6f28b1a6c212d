import IsocutGraph
package import IsocutSolver

/// The best value of a small problem, by listing everything: all sets closed under predecessors, all
/// pairs of them, all ways to give devices to stages. Shares no code with the solver.
package struct SolverOracle {
  private let problem: Problem
  private let count: Int
  /// Direct predecessors, as bits.
  private var before: [Int]
  private var groupMasks: [Int]
  /// Load of each subset on each device.
  private var loads: [[Double]] = []

  /// - Parameter problem: at most 12 operators and 8 devices.
  package init(_ problem: Problem) {
    self.problem = problem
    count = problem.operatorCount
    before = Array(repeating: 0, count: count)
    for (index, targets) in problem.successors.enumerated() {
      for target in targets { before[target] |= 1 << index }
    }
    groupMasks = problem.groups.map { $0.reduce(0) { $0 | 1 << $1 } }
    for device in problem.devices.indices {
      loads.append((0..<(1 << count)).map { load(subset: $0, device: device) })
    }
  }

  private func load(subset: Int, device index: Int) -> Double {
    guard subset != 0 else { return 0 }
    let device = problem.devices[index]
    let times = problem.times[device.kind]!
    var sum = device.overhead
    var bytes = 0
    for member in 0..<count where subset & 1 << member != 0 {
      if let bound = problem.bindings[member], bound != index { return .infinity }
      sum += times[member]
      if !problem.memory.operatorBytes.isEmpty { bytes += problem.memory.operatorBytes[member] }
    }
    for constant in problem.memory.constants {
      if constant.readers.contains(where: { subset & 1 << $0 != 0 }) { bytes += constant.bytes }
    }
    if let limit = device.memoryLimit, bytes > limit { return .infinity }
    if let offChip = problem.offChip[device.kind], bytes > offChip.capacityBytes {
      sum += Double(bytes - offChip.capacityBytes) * offChip.timePerByte
    }
    var low = 0.0
    var high = Double.infinity
    var exact: Double?
    for stage in problem.measured where stage.kind == device.kind {
      let mask = stage.operators.reduce(0) { $0 | 1 << $1 }
      if mask == subset { exact = exact ?? stage.cost.estimate }
      if problem.assumesMonotone, mask & ~subset == 0 { low = max(low, stage.cost.lower) }
      if problem.assumesMonotone, subset & ~mask == 0 { high = min(high, stage.cost.upper) }
    }
    sum = exact ?? min(max(sum, low), high)
    guard device.transferFactor > 0 else { return sum }
    for net in problem.nets {
      let pins = net.consumers.reduce(1 << net.producer) { $0 | 1 << $1 }
      if pins & subset != 0, pins & ~subset != 0 { sum += device.transferFactor * net.cost }
    }
    return sum
  }

  /// The smallest value of the problem's objective; infinite where no cut exists.
  package func best() -> Double {
    let full = (1 << count) - 1
    let ideals = (0...full).filter { ideal in
      (0..<count).allSatisfy { ideal & 1 << $0 == 0 || before[$0] & ~ideal == 0 }
        && groupMasks.allSatisfy { ideal & $0 == 0 || $0 & ~ideal == 0 }
    }
    let masks = 1 << problem.devices.count
    // Non-dominated (bottleneck, latency) of each (devices used, ideal).
    var front: [[[(Double, Double)]]] = Array(
      repeating: Array(repeating: [], count: full + 1), count: masks)
    front[0][0] = [(0, 0)]
    var result = Double.infinity
    for mask in 0..<masks {
      let choices = choices(after: mask)
      for ideal in ideals where !front[mask][ideal].isEmpty {
        let isEnd = ideal == full && (!problem.usesAllDevices || mask == masks - 1)
        if isEnd {
          for (worst, latency) in front[mask][ideal] { result = min(result, value(worst, latency)) }
        }
        for larger in ideals where larger != ideal && ideal & ~larger == 0 {
          for (device, copies, newMask) in choices {
            let load = loads[device][larger & ~ideal]
            guard load.isFinite else { continue }
            for (worst, latency) in front[mask][ideal] {
              add((max(worst, load / Double(copies)), latency + load), &front[newMask][larger])
            }
          }
        }
      }
    }
    return result
  }

  private func value(_ worst: Double, _ latency: Double) -> Double {
    switch problem.objective {
    case .bottleneck: worst
    case .bottleneckWithinLatency(let limit): latency <= limit ? worst : .infinity
    case .latencyWithinBottleneck(let limit): worst <= limit ? latency : .infinity
    }
  }

  private func add(_ label: (Double, Double), _ front: inout [(Double, Double)]) {
    if case .bottleneck = problem.objective {
      if let known = front.first, known.0 <= label.0 { return }
      front = [label]
      return
    }
    if front.contains(where: { $0.0 <= label.0 && $0.1 <= label.1 }) { return }
    front.removeAll { label.0 <= $0.0 && label.1 <= $0.1 }
    front.append(label)
  }

  private func isSame(_ first: Int, _ second: Int) -> Bool {
    let bound = Set(problem.bindings.values)
    return problem.devices[first] == problem.devices[second]
      && (first == second || !bound.contains(first) && !bound.contains(second))
  }

  private func choices(after mask: Int) -> [(device: Int, copies: Int, mask: Int)] {
    var found: [(Int, Int, Int)] = []
    let devices = problem.devices.indices
    for device in devices where mask & 1 << device == 0 {
      switch problem.deviceOrder {
      case .asListed:
        guard mask >> device == 0 else { continue }
        var newMask = mask
        for copies in 1...problem.maximumCopies {
          let last = device + copies - 1
          guard devices.contains(last), isSame(device, last) else { break }
          newMask |= 1 << last
          found.append((device, copies, newMask))
        }
      case .interchangeable:
        let free = devices.filter { mask & 1 << $0 == 0 && isSame(device, $0) }
        guard free.first == device else { continue }
        for copies in 1...problem.maximumCopies where copies <= free.count {
          found.append((device, copies, free.prefix(copies).reduce(mask) { $0 | 1 << $1 }))
        }
      }
    }
    return found
  }
}
