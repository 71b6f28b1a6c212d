import IsocutGraph
import IsocutSolver

/// The best cut of units that stand in one order, by dynamic programming: f_j(x) = min over y of
/// max(f_{j-1}(y), load of y ..< x on device j).
///
/// The solver finds the same cut; but where only one order counts, this needs no bisecting and is
/// a hundred times faster. Loads are those of `StageLoads`, summed up as segments grow.
struct ChainPlanner {
  struct Plan {
    var stages: [OperatorSet]
    var bottleneck: Double
  }

  private let problem: Problem
  /// The operators of each unit.
  private let units: [[Int]]
  private let position: [Int]

  /// - Parameter units: in an order in which nothing goes backward.
  init(_ problem: Problem, units: [[Int]]) {
    self.problem = problem
    self.units = units
    var position = Array(repeating: 0, count: problem.operatorCount)
    for (index, members) in units.enumerated() {
      for member in members { position[member] = index }
    }
    self.position = position
  }

  /// - Returns: nil where there are fewer units than devices or no cut runs.
  func solve() -> Plan? {
    let count = units.count
    guard count >= problem.devices.count else { return nil }
    var loads: [DeviceKind: [Double]] = [:]
    var best = Array(repeating: Double.infinity, count: count + 1)
    best[0] = 0
    var starts: [[Int]] = []
    for device in problem.devices {
      let table = loads[device.kind] ?? segments(on: device)
      loads[device.kind] = table
      var next = Array(repeating: Double.infinity, count: count + 1)
      var from = Array(repeating: -1, count: count + 1)
      for start in 0..<count where best[start] < .infinity {
        let before = best[start]
        for end in (start + 1)...count {
          let bottleneck = max(before, table[start * (count + 1) + end])
          if bottleneck < next[end] {
            next[end] = bottleneck
            from[end] = start
          }
        }
      }
      best = next
      starts.append(from)
    }
    guard best[count] < .infinity else { return nil }
    var stages: [OperatorSet] = []
    var end = count
    for from in starts.reversed() {
      stages.append(OperatorSet(units[from[end]..<end].joined(), capacity: problem.operatorCount))
      end = from[end]
    }
    return Plan(stages: stages.reversed(), bottleneck: best[count])
  }

  // MARK: Loads of all segments

  /// Row by start, column by end.
  private func segments(on device: StageDevice) -> [Double] {
    let count = units.count
    let times = problem.times[device.kind] ?? []
    let unitTimes = units.map { $0.reduce(0) { $0 + times[$1] } }
    let offChip = problem.offChip[device.kind]
    let bytes = offChip == nil ? [] : lastReaders()
    let nets = device.paysTransfer ? netSpans() : NetSpans(count: count)
    let bounds = MeasuredSegments(
      problem.measured.filter { $0.kind == device.kind }, units: units, position: position,
      isMonotone: problem.assumesMonotone)
    var result = Array(repeating: Double.infinity, count: count * (count + 1))
    var lower = Array(repeating: 0.0, count: count + 1)
    for start in (0..<count).reversed() {
      bounds.raise(&lower, start)
      let upper = bounds.upper(start)
      var time = device.overhead
      var size = 0
      var transfer = 0.0
      for end in (start + 1)...count {
        time += unitTimes[end - 1]
        var load = time
        if let offChip {
          // A constant counts at the last of its readers that the segment has.
          for (constant, previous) in bytes[end - 1] where previous < start { size += constant }
          load += offChip.timePerByte * Double(max(0, size - offChip.capacityBytes))
        }
        load = min(max(load, lower[end]), upper[end])
        transfer += nets.change(start, end)
        result[start * (count + 1) + end] = load + transfer
      }
    }
    for (start, end, time) in bounds.exact {
      result[start * (count + 1) + end] = time + nets.transfer(start, end)
    }
    return result
  }

  /// For each unit the bytes of the constants that it reads, with the unit that reads them before.
  private func lastReaders() -> [[(bytes: Int, previous: Int)]] {
    var result = Array(repeating: [(bytes: Int, previous: Int)](), count: units.count)
    for constant in problem.memory.constants where constant.bytes > 0 {
      var previous = -1
      for reader in Set(constant.readers.map { position[$0] }).sorted() {
        result[reader].append((constant.bytes, previous))
        previous = reader
      }
    }
    return result
  }

  private func netSpans() -> NetSpans {
    var spans = NetSpans(count: units.count)
    for net in problem.nets where net.cost > 0 {
      let pins = Set(net.consumers.map { position[$0] } + [position[net.producer]]).sorted()
      spans.add(pins, net.cost)
    }
    return spans
  }
}

/// What the nets cost that a segment cuts.
private struct NetSpans {
  private let count: Int
  private var nets: [(pins: [Int], cost: Double)] = []
  private var netsOfUnit: [[Int]]

  init(count: Int) {
    self.count = count
    netsOfUnit = Array(repeating: [], count: count)
  }

  mutating func add(_ pins: [Int], _ cost: Double) {
    guard pins.count > 1 else { return }
    for pin in pins { netsOfUnit[pin].append(nets.count) }
    nets.append((pins, cost))
  }

  /// What the last unit of a segment adds to the transfer of the segment without it.
  func change(_ start: Int, _ end: Int) -> Double {
    var change = 0.0
    for index in netsOfUnit[end - 1] {
      let (pins, cost) = nets[index]
      // Pins at or after the start, before this one: none means the net is cut from here on.
      let isFirst = !pins.contains { $0 >= start && $0 < end - 1 }
      let isComplete = pins[0] >= start && pins[pins.count - 1] == end - 1
      if isFirst { change += cost }
      if isComplete { change -= cost }
    }
    return change
  }

  func transfer(_ start: Int, _ end: Int) -> Double {
    nets.reduce(0) { sum, net in
      let inside = net.pins.count { $0 >= start && $0 < end }
      return inside > 0 && inside < net.pins.count ? sum + net.cost : sum
    }
  }
}

/// What measured stages say of segments of one order.
private struct MeasuredSegments {
  private struct Span {
    var first: Int
    var last: Int
    /// For each unit of the set, where the run of its members ends that holds it; else -1.
    var runEnd: [Int]
    var cost: StageCost
  }

  private var spans: [Span] = []
  private let count: Int
  private let isMonotone: Bool
  /// Segments that were measured themselves.
  private(set) var exact: [(start: Int, end: Int, time: Double)] = []

  init(_ measured: [MeasuredStage], units: [[Int]], position: [Int], isMonotone: Bool) {
    count = units.count
    self.isMonotone = isMonotone
    var seen: Set<OperatorSet> = []
    for stage in measured where seen.insert(stage.operators).inserted {
      let places = Set(stage.operators.map { position[$0] }).sorted()
      guard let first = places.first, let last = places.last else { continue }
      var runEnd = Array(repeating: -1, count: units.count)
      for place in places.reversed() {
        let isWhole = units[place].allSatisfy(stage.operators.contains)
        guard isWhole else { continue }
        runEnd[place] =
          place + 1 < units.count && runEnd[place + 1] >= 0 ? runEnd[place + 1] : place + 1
      }
      spans.append(Span(first: first, last: last, runEnd: runEnd, cost: stage.cost))
      if runEnd[first] == last + 1 { exact.append((first, last + 1, stage.cost.estimate)) }
    }
  }

  /// Takes in the sets that begin at `start`: what segments from there on cost at least, by end.
  func raise(_ lower: inout [Double], _ start: Int) {
    guard isMonotone else { return }
    for span in spans where span.first == start {
      for end in (span.last + 1)...count where lower[end] < span.cost.lower {
        lower[end] = span.cost.lower
      }
    }
  }

  /// What segments from `start` on cost at most, by end.
  func upper(_ start: Int) -> [Double] {
    var upper = Array(repeating: Double.infinity, count: count + 1)
    guard isMonotone else { return upper }
    for span in spans where span.runEnd[start] >= 0 {
      upper[span.runEnd[start]] = min(upper[span.runEnd[start]], span.cost.upper)
    }
    for end in (0..<count).reversed() { upper[end] = min(upper[end], upper[end + 1]) }
    return upper
  }
}
