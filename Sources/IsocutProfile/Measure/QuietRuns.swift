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

  /// Of the quiet runs; nil where too few were quiet.
  var slowdown: QuietSlowdown? { isQuiet ? filter.slowdown : nil }
}
