/// Picks the runs during which the core had no neighbour, by what fixed work saw right before and
/// after them. A pure value.
///
/// On a shared machine the other half of a physical core belongs to somebody else; while it works, a
/// stage takes 15 to 35 % longer, from one millisecond to the next. Runs are chosen by the work's
/// time, never by their own, so nothing favours runs that happened to be short.
struct QuietFilter {
  /// The slowdown up to which a moment is quiet, as a share.
  private let limit: Double
  private var waiting: [Double] = []
  private var before: Double
  /// Quiet moments so far.
  private(set) var count = 0
  private var slowdowns = 0.0

  /// - Parameter slowdown: of fixed work before the first run, as a share; infinite where nobody
  ///   looked.
  init(limit: Double, slowdown: Double = .infinity) {
    self.limit = limit
    before = slowdown
  }

  /// The mean slowdown around the quiet runs; NaN without any.
  var slowdown: Double { slowdowns / Double(count) }

  mutating func add(_ sample: Double) { waiting.append(sample) }

  /// Takes the slowdown right after the runs so far, or before the first ones after a pause.
  ///
  /// - Returns: these runs where they were quiet, else none.
  mutating func look(_ slowdown: Double) -> [Double] {
    defer {
      before = slowdown
      waiting.removeAll(keepingCapacity: true)
    }
    guard max(before, slowdown) <= limit, !waiting.isEmpty else { return [] }
    count += 1
    slowdowns += (before + slowdown) / 2
    return waiting
  }
}

/// Decides after each run whether there are enough quiet ones: a pure value.
struct QuietRuns {
  private let rule: MeasuringRule
  private var filter: QuietFilter
  private var stop: StopRule
  private var all: [Double] = []

  /// - Parameter slowdown: as of the filter.
  init(_ rule: MeasuringRule, slowdown: Double) {
    self.rule = rule
    stop = StopRule(rule)
    filter = QuietFilter(limit: rule.quietSlowdown, slowdown: slowdown)
  }

  /// Takes a run.
  ///
  /// - Parameters:
  ///   - elapsed: seconds since the first run that counts began.
  ///   - slowdown: of fixed work right after it, as a share; nil where nobody looked.
  /// - Returns: why it ends, or nil where another run is wanted.
  mutating func add(_ sample: Double, elapsed: Double, slowdown: Double?) -> MeasurementEnd? {
    all.append(sample)
    filter.add(sample)
    for run in slowdown.map({ filter.look($0) }) ?? [] {
      if let end = stop.add(run, elapsed: elapsed), filter.count >= Self.enoughMoments {
        return end
      }
    }
    let isOver = elapsed >= rule.maximumSeconds && all.count >= rule.minimumCountAtMaximum
    return isOver ? .timeLimit : nil
  }

  /// Below so many runs the interval of their median is no 95 % one, and runs of fewer moments say
  /// little of others.
  private static let (enoughRuns, enoughMoments) = (6, 3)

  /// Whether there are enough quiet runs for a figure.
  private var isQuiet: Bool {
    stop.samples.count >= Self.enoughRuns && filter.count >= Self.enoughMoments
  }

  /// The quiet runs, or all of them where too few were quiet.
  var samples: [Double] { isQuiet ? stop.samples : all }

  /// The mean slowdown around the quiet runs; nil where too few were quiet.
  var slowdown: Double? { isQuiet ? filter.slowdown : nil }
}
