import IsocutGraph
import IsocutSolver

/// All stages measured so far, and what they say of others: a stage that contains a measured one
/// costs no less, unless measurements contradict that.
struct KnownStages: Sendable {
  struct Entry: Sendable {
    var operators: OperatorSet
    var kind: DeviceKind
    var time: StageTime
  }

  private struct Key: Hashable {
    var operators: OperatorSet
    var kind: DeviceKind
  }

  /// In the order of their measurement.
  private(set) var entries: [Entry] = []
  /// A part that is dearer than a whole around it, by more than both intervals.
  private(set) var contradiction: (part: Entry, whole: Entry)?
  private var places: [Key: Int] = [:]

  subscript(operators: OperatorSet, kind: DeviceKind) -> StageTime? {
    places[Key(operators: operators, kind: kind)].map { entries[$0].time }
  }

  mutating func take(_ entry: Entry) {
    let key = Key(operators: entry.operators, kind: entry.kind)
    guard places[key] == nil else { return }
    places[key] = entries.count
    for other in entries where contradiction == nil && other.kind == entry.kind {
      if other.time.low > entry.time.high, other.operators.isSubset(of: entry.operators) {
        contradiction = (other, entry)
      } else if entry.time.low > other.time.high, entry.operators.isSubset(of: other.operators) {
        contradiction = (entry, other)
      }
    }
    entries.append(entry)
  }

  var isMonotone: Bool { contradiction == nil }

  /// How far a measured time usually is above the lower end of its interval, as a factor.
  var usualNoise: Double {
    let factors = entries.filter { !$0.time.failed && $0.time.low > 0 }
      .map { $0.time.milliseconds / $0.time.low }.sorted()
    return factors.isEmpty ? 1 : factors[factors.count / 2]
  }
}
