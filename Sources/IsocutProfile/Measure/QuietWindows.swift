/// The quiet runs of one stage, window by window.
struct QuietWindows {
  private var filter = QuietFilter(limit: MeasuringRule.search.quietSlowdown)
  private var runs: [Double] = []
  /// Of the windows that had quiet runs: the median milliseconds of these.
  private(set) var medians: [Double] = []
  /// Of the quiet runs; nil without any.
  var slowdown: QuietSlowdown? { filter.slowdown }

  /// Takes a run, in the thread that it ran in, and looks at the core from time to time.
  mutating func add(_ sample: Double, on cpu: Int, _ looks: inout WindowLooks) {
    filter.add(sample)
    if let slowdown = looks.peek(at: cpu) { runs += filter.look(slowdown) }
  }

  /// Nothing is known of the time until the next window.
  mutating func endWindow() {
    _ = filter.look(.infinity)
    if !runs.isEmpty { medians.append(SortedSample(runs).median) }
    runs.removeAll(keepingCapacity: true)
  }
}
