import Foundation
import IsocutBackends

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
  ///   - start: when items began to be due.
  ///   - due: when each item was due.
  ///   - ended: when each was answered; nil where it was not when the window ended.
  ///   - end: the end of the window. An item without an answer waited until then at least.
  init(_ load: ArrivalWindow, start: Int64, due: [Int64], ended: [Int64?], end: Int64) {
    let answers = ended.compactMap(\.self)
    let answered = Double((answers.max() ?? end) - start) * 1e-9
    self.init(
      items: answers.count,
      // What is answered late took longer.
      seconds: max(load.seconds, answered),
      latencies: zip(due, ended).map { Double(($1 ?? end) - $0) * 1e-6 })
    unanswered = due.count - answers.count
    // The queue that is left when the last item is due, in seconds of work.
    let left = answered - load.seconds - (latencies.min() ?? 0) * 1e-3
    fallsBehind = left > load.backlogOfAStableQueue
  }
}

extension ArrivalWindow {
  /// What may be left to do when the window's last item is due without saying that items come too
  /// fast: at even distances next to nothing, of random arrivals a fifth of the window.
  fileprivate var backlogOfAStableQueue: Double {
    switch arrivals.spacing {
    case .even: max(0.02 * seconds, 2 / arrivals.itemsPerSecond)
    case .poisson: max(0.2 * seconds, 5 / arrivals.itemsPerSecond)
    }
  }
}
