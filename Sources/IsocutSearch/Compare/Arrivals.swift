import Foundation
import IsocutBackends
import IsocutProfile

/// An open-loop load: items come when they come, whether the last one is done or not.
package struct Arrivals: Codable, Hashable, Sendable {
  package enum Spacing: String, Codable, Sendable {
    /// All at the same distance.
    case even
    /// At random moments, each as likely as any other: a Poisson process.
    case poisson
  }

  package var itemsPerSecond: Double
  package var spacing: Spacing
  package var seed: UInt64

  package init(itemsPerSecond: Double, spacing: Spacing = .even, seed: UInt64 = 0) {
    self.itemsPerSecond = itemsPerSecond
    self.spacing = spacing
    self.seed = seed
  }

  /// When the items of a window are due, in nanoseconds from its begin, ascending.
  ///
  /// - Parameter count: the most that are wanted.
  func dueNanoseconds(within seconds: Double, atMost count: Int) -> [Int64] {
    var random = SplitMix64(seed: seed)
    var moments: [Int64] = []
    var moment = 0.0
    while moments.count < count {
      switch spacing {
      case .even: moment = Double(moments.count) / itemsPerSecond
      // Distances of a Poisson process are exponentially distributed.
      case .poisson: moment -= log(1 - random.nextUnit()) / itemsPerSecond
      }
      guard moment < seconds else { break }
      moments.append(Int64(moment * 1e9))
    }
    return moments
  }
}

/// A window of an open-loop load.
package struct ArrivalWindow: Codable, Hashable, Sendable {
  /// More would not fit into the logs of the lanes.
  package static let mostItems = 50_000

  package var arrivals: Arrivals
  package var seconds: Double

  var dueNanoseconds: [Int64] {
    arrivals.dueNanoseconds(within: seconds, atMost: Self.mostItems)
  }

  /// How long after the last item was due the window waits for answers: a load that is too high
  /// would keep it waiting for ever.
  var patienceNanoseconds: Int64 { Int64(max(1, seconds) * 1e9) }
}

extension Window {
  /// Of an open-loop load.
  ///
  /// - Parameters:
  ///   - start, seconds: when items began to be due, and for how long.
  ///   - due: when each item was due.
  ///   - ended: when each was answered; nil where it was not when the window ended.
  ///   - end: the end of the window. An item without an answer waited until then at least.
  init(start: Int64, seconds: Double, due: [Int64], ended: [Int64?], end: Int64) {
    let answers = ended.compactMap(\.self)
    self.init(
      items: answers.count,
      // What is answered late took longer.
      seconds: max(seconds, Double((answers.max() ?? end) - start) * 1e-9),
      latencies: zip(due, ended).map { Double(($1 ?? end) - $0) * 1e-6 })
    unanswered = due.count - answers.count
    fallsBehind = Self.grows(latencies, within: seconds * 1000)
  }

  /// Whether items waited longer and longer: the last quarter of them longer than the first quarter
  /// by more than a twentieth of the whole time.
  private static func grows(_ latencies: [Double], within milliseconds: Double) -> Bool {
    let quarter = latencies.count / 4
    guard quarter > 1 else { return false }
    let growth =
      SortedSample(Array(latencies.suffix(quarter))).median
      - SortedSample(Array(latencies.prefix(quarter))).median
    return growth > 0.05 * milliseconds
  }
}
