internal import IsocutGraph

/// One solve: the best cut so far, the bound so far, and what is tried next.
struct Solver {
  var problem: Problem
  let loads: StageLoads
  let contraction: Contraction
  var meter: WorkMeter
  var best: Solution
  /// Two bottlenecks closer than this (relative) are equal.
  static let tolerance = 1e-9
  /// Work that the first attempt at a proof may take, before more orders are tried.
  static let quickWork = 1 << 18
  /// Work that one run between bound and best may take at first, and once short runs say no more:
  /// the short ones make a first answer good, many of them would keep the proof from being done.
  static let firstBudget = 1 << 17
  static let fullBudget = 1 << 23
  /// Work that one run for the smallest latency may take, before it is bisected.
  static let wholeWork = 1 << 22

  init(_ problem: Problem, meter: WorkMeter) {
    self.problem = problem
    self.meter = meter
    loads = StageLoads(problem)
    contraction = Contraction(successors: problem.successors, groups: problem.groups)
    best = Solution(
      stages: [], bottleneck: .infinity, latency: .infinity, lowerBound: 0, isOptimal: false,
      statesVisited: 0, peakStateBytes: 0, proof: .none)
  }

  mutating func solve() -> Solution {
    switch problem.objective {
    case .bottleneck: minimizeBottleneck()
    case .bottleneckWithinLatency(let limit):
      searchBottleneck(lower: 0, goal: .anyCutWithinLatency(limit))
    case .latencyWithinBottleneck(let limit): minimizeLatency(bottleneckLimit: limit)
    }
    if !best.isFeasible, !best.isOptimal { useOneDevice() }
    best.statesVisited = meter.states
    best.peakStateBytes = meter.peakBytes
    return best
  }

  /// When the work ended before any cut was found: everything on one device, where that is allowed.
  private mutating func useOneDevice() {
    guard !problem.usesAllDevices || problem.devices.count == 1, problem.bindings.isEmpty else {
      return
    }
    let all = OperatorSet(0..<problem.operatorCount, capacity: problem.operatorCount)
    let bytes = loads.bytes(of: all)
    for (index, device) in problem.devices.enumerated()
    where bytes <= device.memoryLimit ?? .max {
      let load = loads.load(of: all, onDevice: index)
      guard load < best.bottleneck else { continue }
      switch problem.objective {
      case .bottleneckWithinLatency(let limit), .latencyWithinBottleneck(let limit):
        guard load <= limit else { continue }
      case .bottleneck: break
      }
      best.stages = [.init(operators: all, devices: [index], load: load)]
      best.bottleneck = load
      best.latency = load
    }
  }

  private mutating func minimizeBottleneck() {
    let demandsAll = problem.usesAllDevices
    if demandsAll, problem.maximumCopies == 1,
      contraction.units.count < problem.devices.count
    {
      proveInfeasible()
      return
    }
    // Using all devices is at least as hard as using some: solve that first.
    problem.usesAllDevices = false
    searchBottleneck(lower: 0)
    guard demandsAll else { return }
    problem.usesAllDevices = true
    let relaxed = best
    if relaxed.isOptimal, !relaxed.isFeasible { return }
    best.stages = []
    best.isOptimal = false
    if relaxed.isFeasible, let spread = spread(relaxed.stages, within: relaxed.bottleneck) {
      best.stages = spread
      best.bottleneck = spread.map(\.load).max() ?? 0
      best.latency = spread.reduce(0) { $0 + $1.load * Double($1.devices.count) }
      best.isOptimal = relaxed.isOptimal
      return
    }
    best.bottleneck = .infinity
    searchBottleneck(lower: relaxed.lowerBound)
  }

  /// Minimises the latency among cuts whose loads are all within the limit.
  private mutating func minimizeLatency(bottleneckLimit: Double) {
    var searches = TwoWaySearch(problem, contraction)
    let search = searches.forward
    best.lowerBound = search.leastTotal + (search.enumerator.floorOverhead.min() ?? 0)
    best.proof = .operatorTimes
    guard best.lowerBound.isFinite else {
      proveInfeasible()
      return
    }
    let threshold = min(bottleneckLimit, search.instance.greatestLoad)
    for order in Orders(problem, contraction).assorted(meter.limits)
    where !isClosed && !meter.isExhausted {
      let chain = Instance(problem, contraction: contraction, order: order, asChain: true)
      let outcome = DecisionSearch(chain).run(
        threshold: threshold, goal: .leastLatency(below: best.latency), meter: &meter)
      if case .feasible(let path) = outcome { adopt(path, chain) }
    }
    // Where one run can do it all, that is less work than many decisions.
    if !isClosed {
      let goal = DecisionSearch.Goal.leastLatency(below: best.latency * (1 - Self.tolerance))
      let outcome = searches.run(
        threshold: threshold, goal: goal, budget: Self.wholeWork, workEnd: .max, meter: &meter)
      switch outcome {
      case .feasible(let path): adopt(path, searches.instance)
      case .infeasible where !best.isFeasible:
        proveInfeasible()
        return
      case .infeasible: break
      case .stopped:
        close(with: &searches, .anyCut, workEnd: .max)
        return
      }
      best.proof = .search
    }
    best.isOptimal = true
    best.lowerBound = best.latency
  }

  private mutating func proveInfeasible() {
    best.isOptimal = true
    best.lowerBound = .infinity
    best.proof = .search
  }

  private mutating func searchBottleneck(
    lower: Double, goal: DecisionSearch.Goal = .anyCut
  ) {
    var searches = TwoWaySearch(problem, contraction)
    let bound = LowerBounds(searches.forward)
    if bound.value >= lower {
      best.lowerBound = bound.value
      best.proof = bound.proof
    }
    guard best.lowerBound.isFinite else {
      proveInfeasible()
      return
    }
    let orders = Orders(problem, contraction)
    // Nearly chains are done in no time; only where they are not, more orders are worth it.
    for (index, order) in orders.assorted(meter.limits).enumerated()
    where !isClosed && !meter.isExhausted {
      let chain = Instance(problem, contraction: contraction, order: order, asChain: true)
      improve(with: DecisionSearch(chain), goal)
      if index == 0 { close(with: &searches, goal, workEnd: meter.states + Self.quickWork) }
      if best.isOptimal { return }
      if index == 0 {
        for (order, isReversed) in [
          (orders.depthFirst, false), (orders.depthFirstFromEnd, true), (order, true),
        ] where !isClosed && !meter.isExhausted {
          let wide = Instance(
            problem, contraction: contraction, order: order, isReversed: isReversed)
          tryBeams(DecisionSearch(wide), goal)
        }
      }
    }
    if !isClosed, !meter.isExhausted { searches.prepareProfile() }
    close(with: &searches, goal, workEnd: .max)
  }

  /// What the best cut is judged by.
  private var value: Double {
    if case .latencyWithinBottleneck = problem.objective { return best.latency }
    return best.bottleneck
  }

  /// Whether bound and best value have met.
  private var isClosed: Bool {
    value <= best.lowerBound * (1 + Self.tolerance) || value == 0
  }

  /// A value that no cut exceeds.
  private func greatestValue(_ instance: Instance) -> Double {
    if case .latencyWithinBottleneck = problem.objective {
      return instance.greatestLoad * Double(min(instance.deviceCount, instance.unitCount))
    }
    return instance.greatestLoad
  }

  /// Decides whether a cut of at most that value exists.
  private mutating func decide(
    _ target: Double, with searches: inout TwoWaySearch, _ goal: DecisionSearch.Goal, budget: Int,
    workEnd: Int
  ) -> DecisionSearch.Outcome {
    var (threshold, goal) = (target, goal)
    if case .latencyWithinBottleneck(let limit) = problem.objective {
      threshold = min(limit, searches.forward.instance.greatestLoad)
      goal = .anyCutWithinLatency(target)
    }
    return searches.run(
      threshold: threshold, goal: goal, budget: budget, workEnd: workEnd, meter: &meter)
  }

  /// Looks for a better cut among those that take much work early; proves nothing.
  private mutating func tryBeams(_ search: DecisionSearch, _ goal: DecisionSearch.Goal) {
    let beam = DecisionSearch.Beam(states: 16, decisions: 512)
    var low = best.lowerBound
    while !isClosed, !meter.isExhausted, best.bottleneck > low * 1.001 {
      let high = best.bottleneck
      let target = high.isFinite ? (low + high) / 2 : search.instance.greatestLoad
      if case .feasible(let path) = search.run(
        threshold: target, goal: goal, beam: beam, meter: &meter)
      {
        adopt(path, search.instance)
        guard best.bottleneck < high else { return }
      } else {
        guard high.isFinite else { return }
        low = target
      }
    }
  }

  /// Looks for a better cut along one order; proves nothing.
  private mutating func improve(with search: DecisionSearch, _ goal: DecisionSearch.Goal) {
    var low = best.lowerBound
    var growth = 0.02
    var first = true
    while !meter.isExhausted {
      let high = best.bottleneck
      guard high > low * (1 + Self.tolerance), high > 0 else { return }
      let target: Double
      if !high.isFinite {
        target = first ? low : next(after: low, by: &growth, search.instance)
      } else if first {
        target = high * (1 - 1e-6)
      } else {
        target = high <= low * 1.0001 ? high * (1 - Self.tolerance) : (low + high) / 2
      }
      first = false
      switch search.run(threshold: target, goal: goal, meter: &meter) {
      case .feasible(let path):
        adopt(path, search.instance)
        guard best.bottleneck < high else { return }
      case .infeasible:
        low = target
        if low >= search.instance.greatestLoad { return }
        if high.isFinite, target >= high * (1 - 1e-5) { return }
      case .stopped: return
      }
    }
  }

  /// The next value to try when no cut is known yet: a little more, as bounds are mostly tight, and
  /// ever larger steps, as there may be no cut at all.
  private func next(
    after low: Double, by growth: inout Double, _ instance: Instance
  ) -> Double {
    let most = greatestValue(instance)
    // Steps towards the smallest latency gain nothing: any cut at all is what is missing.
    if case .latencyWithinBottleneck = problem.objective { return most }
    defer { growth *= 2 }
    return low > 0 ? min(low * (1 + growth), most) : most
  }

  /// Bisects between bound and best until they meet.
  ///
  /// A run near the optimum may take for ever while runs further away end at once. So each run has a
  /// budget of work; where it ends first the threshold counts as unclear, and the search goes on on
  /// both sides of what is unclear. Only when nothing is left to try there does the budget grow.
  private mutating func close(
    with searches: inout TwoWaySearch, _ goal: DecisionSearch.Goal, workEnd: Int
  ) {
    let instance = searches.forward.instance
    var budget = Self.firstBudget
    var growth = 0.02
    var unclear: ClosedRange<Double>?
    var lowers = true
    while !isClosed {
      let high = value
      let low = best.lowerBound
      let target: Double
      if !high.isFinite {
        let isFirst = unclear == nil && best.proof != .search
        target = isFirst ? low : next(after: low, by: &growth, instance)
      } else if let range = unclear {
        // Below what is unclear to raise the bound, above it to find a better cut, in turn.
        let step = max(high - low, high * Self.tolerance) / 16
        if range.lowerBound - low > step, lowers || high - range.upperBound <= step {
          target = (low + range.lowerBound) / 2
        } else if high - range.upperBound > step {
          target = (range.upperBound + high) / 2
        } else {
          budget = max(4 * budget, Self.fullBudget)
          unclear = nil
          continue
        }
        lowers.toggle()
      } else if high <= low * 1.001 || low == 0 && high < 1e-300 {
        target = high * (1 - Self.tolerance)
      } else {
        target = (low + high) / 2
      }
      let outcome = decide(
        target, with: &searches, goal, budget: high.isFinite ? budget : .max, workEnd: workEnd)
      switch outcome {
      case .feasible(let path):
        adopt(path, searches.instance)
        // The judge finds the cut no better than the one known: only rounding can do that, and only
        // where nothing is left between bound and best.
        guard value < high else { return }
        if let range = unclear {
          unclear =
            value <= range.lowerBound
            ? nil : range.lowerBound...min(range.upperBound, value)
        }
      case .infeasible:
        if target >= greatestValue(instance) {
          proveInfeasible()
          return
        }
        best.lowerBound = target
        best.proof = .search
        if let range = unclear, target >= range.lowerBound { unclear = nil }
      case .stopped:
        if meter.isOver || meter.states >= workEnd { return }
        unclear =
          unclear.map { min($0.lowerBound, target)...max($0.upperBound, target) }
          ?? target...target
      }
    }
    best.isOptimal = true
    best.lowerBound = value
  }

  /// Keeps a found cut if the independent evaluation says it is better.
  private mutating func adopt(_ path: DecisionSearch.Path, _ instance: Instance) {
    let stages = instance.stages(of: path, loads)
    let bottleneck = stages.map(\.load).max() ?? 0
    let latency = stages.reduce(0) { $0 + $1.load * Double($1.devices.count) }
    if case .latencyWithinBottleneck = problem.objective {
      guard latency < best.latency else { return }
    } else {
      guard bottleneck < best.bottleneck else { return }
    }
    best.stages = stages
    best.bottleneck = bottleneck
    best.latency = latency
  }
}
