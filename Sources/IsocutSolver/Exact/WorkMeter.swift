/// Counts work against its limits; shared by all runs of one solve.
struct WorkMeter {
  let limits: SolverLimits
  private(set) var states = 0
  private(set) var peakBytes = 0
  private(set) var isExhausted = false
  /// Work at which the current run gives up, so that others get their share.
  var runEnd = Int.max
  private let shouldStop: () -> Bool

  init(limits: SolverLimits, shouldStop: @escaping () -> Bool) {
    self.limits = limits
    self.shouldStop = shouldStop
  }

  /// Whether no further run makes sense. Memory is freed by each run, so a smaller one may still
  /// fit; after a few that did not, it is over too.
  var isOver: Bool { isExhausted || memoryFailures > 8 }
  private(set) var memoryFailures = 0

  /// Counts one decision; false when the work is to end.
  mutating func count() -> Bool {
    if states >= limits.states || states & 4095 == 0 && shouldStop() { isExhausted = true }
    guard !isExhausted, states < runEnd else { return false }
    states += 1
    return true
  }

  /// Notes the memory of the states; false when it is over the limit.
  mutating func note(bytes: Int) -> Bool {
    peakBytes = max(peakBytes, bytes)
    if bytes > limits.memoryBytes { memoryFailures += 1 }
    return bytes <= limits.memoryBytes
  }
}
