internal import IsocutGraph

/// The decision search on a graph and on the same graph turned round.
///
/// Read from its end, a graph has the same cuts, but a search may need a thousandth of the work:
/// it is best done from where the graph is narrow to where it is wide. Which way is better shows
/// only in the attempt, so a run that ends too late one way is tried the other way.
struct TwoWaySearch {
  let forward: DecisionSearch
  private let makeBackward: () -> Instance
  private var backward: DecisionSearch?
  private var prefersBackward = false

  init(_ problem: Problem, _ contraction: Contraction) {
    forward = DecisionSearch(Instance(problem, contraction: contraction))
    makeBackward = { Instance(problem, contraction: contraction, isReversed: true) }
  }

  /// The instance whose units the path of the last run names.
  var instance: Instance { (prefersBackward ? backward ?? forward : forward).instance }

  /// Prepares the bound by boundaries, where it applies, for both ways.
  mutating func prepareProfile() {
    forward.prepareProfile()
    search(isBackward: true).mirrorProfile(of: forward)
  }

  /// Decides one way, and where that ends too late the other way.
  ///
  /// - Parameters:
  ///   - budget: work for each way.
  ///   - workEnd: work of the whole solve at which to end.
  mutating func run(
    threshold: Double, goal: DecisionSearch.Goal, budget: Int, workEnd: Int,
    meter: inout WorkMeter
  ) -> DecisionSearch.Outcome {
    defer { meter.runEnd = .max }
    for _ in 0..<2 {
      let (end, isBeyond) = meter.states.addingReportingOverflow(budget)
      meter.runEnd = isBeyond ? workEnd : min(workEnd, end)
      let outcome = search(isBackward: prefersBackward).run(
        threshold: threshold, goal: goal, meter: &meter)
      guard case .stopped = outcome, !meter.isOver, meter.states < workEnd else { return outcome }
      prefersBackward.toggle()
    }
    return .stopped
  }

  private mutating func search(isBackward: Bool) -> DecisionSearch {
    guard isBackward else { return forward }
    if let backward { return backward }
    let made = DecisionSearch(makeBackward())
    backward = made
    return made
  }
}
