internal import IsocutGraph

/// Decides whether a cut exists whose every load is at most a threshold.
///
/// States are ideals with the devices used so far, processed by the number of devices used. From
/// each state every stage that fits the next device is listed (`StageEnumerator`) and pruned by
/// what the devices left could still take; an ideal that another dominates is dropped. See
/// `docs/solver.md` for the proofs.
final class DecisionSearch {
  enum Outcome {
    case feasible(Path)
    case infeasible
    /// The work or memory ended first: nothing is known about the threshold.
    case stopped
  }

  /// A cut in units: stages in order.
  struct Path {
    struct Stage {
      var units: [Int]
      var type: Int
      var copies: Int
      /// Devices passed over before this stage; only in an ordered list.
      var firstPosition: Int
    }
    var stages: [Stage]
    var latency: Double
  }

  /// How much of the search a run does that is only out for a cut.
  struct Beam {
    /// States kept of those with equally many devices used: the ones with most work done.
    var states: Int
    /// Decisions spent on the stages after one state.
    var decisions: Int
  }

  /// What to look for besides the threshold.
  enum Goal {
    case anyCut
    /// Any cut of at most that latency.
    case anyCutWithinLatency(Double)
    /// The cut of smallest latency, below the given one.
    case leastLatency(below: Double)
  }

  let instance: Instance
  let enumerator: StageEnumerator
  var threshold = 0.0
  var goal = Goal.anyCut
  var noAbsorption: [Bool] = []
  var absorbs = true
  var bestLatency = Double.infinity
  var bestState: Int?
  var beam: Beam?
  var store: StateStore
  var buckets: [[Int32]] = []
  let next: UnsafeMutablePointer<UInt64>
  /// For each unit its smallest time on any type; for latency.
  let leastTimes: [Double]
  let leastTotal: Double

  /// What boundaries cost at least; built on demand, for hard instances.
  private(set) var profile: CutProfile?
  private var hasProfile = false
  var boundaryBound: BoundaryBound?

  init(_ instance: Instance) {
    self.instance = instance
    enumerator = StageEnumerator(instance)
    store = StateStore(wordCount: 0, usedCount: 0, fewerIsBetter: true)
    next = .allocate(capacity: enumerator.wordCount)
    next.initialize(repeating: 0, count: enumerator.wordCount)
    let floors = enumerator.floors
    leastTimes = (0..<instance.unitCount).map { unit in floors.map { $0[unit] }.min() ?? 0 }
    leastTotal = leastTimes.reduce(0, +)
  }

  deinit { next.deallocate() }

  /// Whether states carry latencies.
  var seeksLatency: Bool { if case .anyCut = goal { false } else { true } }

  /// The tables of the bound by boundaries take about 400 KiB a device.
  static let mostProfiledDevices = 64

  /// Prepares the bound by boundaries, where it applies: equal devices that pay transfer, not too
  /// many of them, no copies.
  func prepareProfile() {
    guard !hasProfile else { return }
    hasProfile = true
    guard instance.types.count == 1, instance.types[0].paysTransfer, instance.hasNets,
      instance.maximumCopies == 1, instance.deviceCount <= Self.mostProfiledDevices
    else { return }
    let weights = enumerator.weights.units.map { $0[0] }
    profile = CutProfile(
      instance, weights: weights,
      stageWeight: enumerator.weights.total[0] / Double(instance.deviceCount))
  }

  /// Takes the bound by boundaries over from the search that goes the other way.
  func mirrorProfile(of other: DecisionSearch) {
    hasProfile = true
    profile = other.profile?.mirrored(total: enumerator.weights.total[0])
  }

  /// - Parameter beam: leaves most of the search out, so that a cut is found soon or not at all;
  ///   the outcome is never `infeasible` then.
  func run(
    threshold: Double, goal: Goal = .anyCut, beam: Beam? = nil, meter: inout WorkMeter
  ) -> Outcome {
    defer { freeStates() }
    self.threshold = threshold
    self.beam = beam
    self.goal = goal
    bestLatency = .infinity
    bestState = nil
    switch goal {
    case .anyCut: break
    case .anyCutWithinLatency(let most): bestLatency = most * (1 + 1e-12)
    case .leastLatency(let most): bestLatency = most
    }
    absorbs =
      !instance.usesAllDevices
      && (!seeksLatency || instance.measuredTables.allSatisfy(\.isEmpty))
    noAbsorption = absorbs ? instance.unitsThatMayRaiseCost(threshold: threshold) : []
    let total = enumerator.weights.total[0]
    boundaryBound = profile.map {
      BoundaryBound(
        $0, total: total, deviceCount: instance.deviceCount,
        threshold: max(0, threshold - enumerator.floorOverhead[0]))
    }
    if let boundaryBound,
      !boundaryBound.isHopeful(at: 0, crossing: 0, devicesLeft: instance.deviceCount)
    {
      return .infeasible
    }
    let usedCount = instance.sequence == nil ? instance.types.count : 1
    store = StateStore(
      wordCount: enumerator.wordCount, usedCount: usedCount,
      fewerIsBetter: !instance.usesAllDevices)
    let deviceCount = instance.deviceCount
    buckets = Array(repeating: [], count: deviceCount + 1)
    enumerator.ideal.update(repeating: 0, count: enumerator.wordCount)
    let start = StateStore.Entry(
      parent: -1, type: 0, copies: 0, latency: 0, crossing: 0, done: .zero)
    _ = store.insert(
      enumerator.ideal, hash: 0, used: Array(repeating: 0, count: usedCount), start)
    buckets[0].append(0)
    for level in 0..<deviceCount {
      if let beam, buckets[level].count > beam.states { keepBest(beam.states, level: level) }
      var position = 0
      while position < buckets[level].count {
        let state = Int(buckets[level][position])
        position += 1
        guard store.isAlive[state] else { continue }
        switch expand(state, &meter) {
        case .found(let last): return .feasible(path(to: last))
        case .done: break
        case .stopped: return .stopped
        }
      }
    }
    if let bestState { return .feasible(path(to: bestState)) }
    return beam == nil ? .infeasible : .stopped
  }

  /// Their memory is counted as one run's.
  private func freeStates() {
    store = StateStore(wordCount: 0, usedCount: 0, fewerIsBetter: true)
    buckets = []
  }

  /// Keeps the states with most work done, less what crosses, which some later stage pays at least.
  private func keepBest(_ count: Int, level: Int) {
    let price = enumerator.weights.prices[0][0]
    func score(_ state: Int32) -> Double {
      let ideal = Int(store.idealOf[Int(state)])
      let cost = price.isFinite ? price * store.crossing[ideal] : 0
      return store.done[ideal][0] - cost
    }
    let ranked = buckets[level].filter { store.isAlive[Int($0)] }
      .map { (state: $0, score: score($0)) }
      .sorted { ($1.score, $0.state) < ($0.score, $1.state) }
    buckets[level] = ranked.prefix(count).map(\.state)
  }

  private func expand(_ state: Int, _ meter: inout WorkMeter) -> Ending {
    let used = store.usedDevices(of: state)
    if let sequence = instance.sequence {
      let position = Int(used[0])
      var tried: Set<Int> = []
      let last = instance.usesAllDevices ? position : sequence.count - 1
      for device in stride(from: position, through: last, by: 1) {
        let type = sequence[device]
        var copies = 1
        while copies <= instance.maximumCopies, device + copies <= sequence.count,
          sequence[device + copies - 1] == type
        {
          if tried.insert(type * 65536 + copies).inserted {
            let result = stages(
              from: state, type: type, copies: copies, newUsed: [UInt16(device + copies)],
              &meter)
            if case .done = result {} else { return result }
          }
          copies += 1
        }
      }
      return .done
    }
    for type in instance.types.indices {
      let left = instance.types[type].members.count - Int(used[type])
      for copies in stride(from: 1, through: min(left, instance.maximumCopies), by: 1) {
        var newUsed = used
        newUsed[type] += UInt16(copies)
        let result = stages(
          from: state, type: type, copies: copies, newUsed: newUsed, &meter)
        if case .done = result {} else { return result }
      }
    }
    return .done
  }

  /// What is left after a stage.
  struct Remaining {
    /// Most weight the devices left can take within the threshold.
    var capacity: SIMD4<Double>
    /// Weight that one unit of crossing transfer adds at least; zero where some device left pays
    /// no transfer.
    var crossingPrice: SIMD4<Double>
    var deviceCount: Int
  }

  func remaining(after used: [UInt16]) -> Remaining {
    let weights = enumerator.weights
    var capacity = SIMD4<Double>.zero
    var price = SIMD4<Double>(repeating: .infinity)
    var count = 0
    func add(_ type: Int, _ devices: Int) {
      guard devices > 0 else { return }
      count += devices
      let overhead = enumerator.floorOverhead[type] / Double(instance.maximumCopies)
      let room = max(0, threshold - overhead)
      capacity += weights.reach(room, type: type) * Double(devices)
      let factor = instance.types[type].transferFactor
      price = pointwiseMin(
        price, factor > 0 ? factor * weights.prices[type] : SIMD4<Double>.zero)
    }
    if let sequence = instance.sequence {
      for position in Int(used[0])..<sequence.count { add(sequence[position], 1) }
    } else {
      for type in instance.types.indices {
        add(type, instance.types[type].members.count - Int(used[type]))
      }
    }
    if count == 0 { price = SIMD4<Double>.zero }
    price.replace(with: 0, where: price .== SIMD4(repeating: .infinity))
    return Remaining(capacity: capacity, crossingPrice: price, deviceCount: count)
  }

  private func path(to state: Int) -> Path {
    var stages: [Path.Stage] = []
    var current = state
    let latency = store.latency[state]
    while store.parent[current] >= 0 {
      let parent = Int(store.parent[current])
      let words = store.wordCount
      var units: [Int] = []
      for word in 0..<words {
        var bits =
          store.words[Int(store.idealOf[current]) * words + word]
          & ~store.words[Int(store.idealOf[parent]) * words + word]
        while bits != 0 {
          units.append(word << 6 + bits.trailingZeroBitCount)
          bits &= bits - 1
        }
      }
      let copies = Int(store.copiesOf[current])
      stages.append(
        Path.Stage(
          units: units, type: Int(store.typeOf[current]), copies: copies,
          firstPosition: Int(store.usedDevices(of: current)[0]) - copies))
      current = parent
    }
    return Path(stages: stages.reversed(), latency: latency)
  }
}
