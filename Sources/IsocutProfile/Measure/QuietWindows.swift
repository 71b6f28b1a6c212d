/// The quiet runs of one stage, window by window.
struct QuietWindows {
  /// Nanoseconds between two peeks.
  private static let pause: Int64 = 1_000_000

  private var filter = QuietFilter(limit: MeasuringRule.search.quietSlowdown)
  private var runs: [Double] = []
  private var lastPeek = Int64.min
  /// Of the windows that had quiet runs: the median milliseconds of these.
  private(set) var medians: [Double] = []
  /// The mean slowdown around the quiet runs, as a share; NaN without any.
  var slowdown: Double { filter.slowdown }

  /// Takes a run, in the thread that it ran in, and looks at the core from time to time.
  mutating func add(
    _ sample: Double, at nanoseconds: Int64, on cpu: Int, _ looks: inout WindowLooks
  ) {
    filter.add(sample)
    guard lastPeek == .min || nanoseconds - lastPeek >= Self.pause,
      let slowdown = looks.peek(at: cpu)
    else { return }
    runs += filter.look(slowdown)
    lastPeek = nanoseconds
  }

  /// Nothing is known of the time until the next window.
  mutating func endWindow() {
    _ = filter.look(.infinity)
    if !runs.isEmpty { medians.append(SortedSample(runs).median) }
    runs.removeAll(keepingCapacity: true)
  }
}
