import IsocutGraph
import IsocutSolver

/// All stages measured so far, and what they say of others: a stage that contains a measured one
/// costs no less, unless measurements contradict that.
struct KnownStages: Sendable {
  struct Entry: Sendable {
    var operators: OperatorSet
    var kind: DeviceKind
    var time: StageTime
    /// What the stage was predicted to take before it was measured.
    var predicted: Double?
    /// Within its interval, the milliseconds that all measurements together make most probable.
    var likely: Double

    init(operators: OperatorSet, kind: DeviceKind, time: StageTime, predicted: Double? = nil) {
      self.operators = operators
      self.kind = kind
      self.time = time
      self.predicted = predicted
      likely = time.milliseconds
    }
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

  subscript(operators: OperatorSet, kind: DeviceKind) -> Entry? {
    places[Key(operators: operators, kind: kind)].map { entries[$0] }
  }

  /// - Parameter likely: of each stage of this kind that runs, in the order of measurement.
  mutating func refine(_ kind: DeviceKind, _ likely: [Double]) {
    let places = entries.indices.filter { entries[$0].kind == kind && !entries[$0].time.failed }
    for (place, value) in zip(places, likely) {
      let time = entries[place].time
      entries[place].likely = min(max(value, time.low), time.high)
    }
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

  var allFailed: Bool { entries.allSatisfy(\.time.failed) }

  var isMonotone: Bool { contradiction == nil }

  /// How far a measured time usually is above the lower end of its interval, as a factor.
  var usualNoise: Double {
    let factors = entries.filter { !$0.time.failed && $0.time.low > 0 }
      .map { $0.time.milliseconds / $0.time.low }.sorted()
    return factors.isEmpty ? 1 : factors[factors.count / 2]
  }
}
