/// A pipeline run by a virtual clock: the rules of the real one, with stage times given.
///
/// A discrete-event simulation: nothing waits, nothing is random, the same times give the same
/// result on any machine. Hand-off costs no time, and stages do not share cores.
public struct SimulatedPipeline {
  /// What a simulated run showed. Times are in the unit of the stage times.
  public struct Run: Hashable, Sendable {
    /// When each item entered (began its first stage) and left (ended its last), by item.
    public var entered: [Double]
    public var left: [Double]
    public var stages: [Stage]

    /// Sums over the lanes of one stage.
    public struct Stage: Hashable, Sendable {
      public var busy = 0.0
      /// Waited for input.
      public var starved = 0.0
      /// Waited for room behind, or, in the first stage, for a free slot.
      public var blocked = 0.0
    }

    /// Items per unit of time between the leaving of the item `skipping` and of the last one.
    public func throughput(skipping: Int = 0) -> Double {
      let first = max(0, min(skipping, left.count - 1))
      guard left.count > first + 1 else { return 0 }
      let span = left[left.count - 1] - left[first]
      return span > 0 ? Double(left.count - 1 - first) / span : .infinity
    }

    /// Time inside, by item.
    public var latencies: [Double] { zip(entered, left).map { $1 - $0 } }
  }

  public let rules: PipelineRules

  /// - Parameters: as those of a recycling pipeline: there is always a next item.
  public init(lanes: [Int], inFlight: Int? = nil, queueCapacity: Int? = nil) {
    rules = PipelineRules(
      lanes: lanes, inFlight: inFlight, queueCapacity: queueCapacity, recycles: true)
  }

  /// Runs a number of items.
  ///
  /// - Parameter time: how long an item takes on a stage; not below 0.
  /// - Complexity: O(items x lanes).
  public func run(items: Int, time: (_ stage: Int, _ item: Int) -> Double) -> Run {
    var state = PipelineState(rules)
    let lanes = rules.allLanes
    var run = Run(
      entered: Array(repeating: 0, count: items), left: Array(repeating: 0, count: items),
      stages: Array(repeating: Run.Stage(), count: rules.stageCount))
    // When a lane's run ends, and since when it waits.
    var runEnd: [Double?] = Array(repeating: nil, count: lanes.count)
    var waitingSince = Array(repeating: 0.0, count: lanes.count)
    var now = 0.0
    while true {
      var hasMoved = true
      while hasMoved {
        hasMoved = false
        for (index, lane) in lanes.enumerated() {
          guard let step = state.step(ofLane: index), state.canProceed(lane: index) else {
            continue
          }
          switch step {
          case .awaitArrival(let item, _):
            guard item < items else { continue }
            if lane.stage == 0 {
              run.entered[item] = now
              run.stages[0].blocked += now - waitingSince[index]
            } else {
              run.stages[lane.stage].starved += now - waitingSince[index]
            }
          case .run(let item):
            if let end = runEnd[index] {
              guard end <= now else { continue }
              runEnd[index] = nil
              waitingSince[index] = now
              break
            }
            let duration = max(0, time(lane.stage, item))
            run.stages[lane.stage].busy += duration
            runEnd[index] = now + duration
            hasMoved = true
            continue
          case .awaitRoom: run.stages[lane.stage].blocked += now - waitingSince[index]
          case .handOn(let item):
            waitingSince[index] = now
            if lane.stage == rules.stageCount - 1 { run.left[item] = now }
          }
          state.proceed(lane: index)
          hasMoved = true
        }
      }
      guard let next = runEnd.compactMap({ $0 }).min() else { return run }
      now = next
    }
  }
}
