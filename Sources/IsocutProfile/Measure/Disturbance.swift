/// How much of the measured cores others took, as fixed work saw it.
package struct Disturbance: Hashable, Sendable, Codable {
  /// Share of the time in which the work did not get the core: other programs ran on it.
  package var lostShare: Double
  /// How much longer the undisturbed pieces took than the shortest ever seen, as a share: a neighbour
  /// on the same physical core or host, or a slower clock.
  package var slowdown: Double
  /// What neighbours may have added between looks that saw none of them, as a share.
  package var unseenSlowdown: Double?

  package init(lostShare: Double, slowdown: Double) {
    self.lostShare = lostShare
    self.slowdown = slowdown
  }

  /// Beyond these a round is measured again.
  package static let tolerated = Disturbance(lostShare: 0.05, slowdown: 0.15)

  package var isTolerable: Bool {
    lostShare <= Self.tolerated.lostShare && slowdown <= Self.tolerated.slowdown
  }

  /// Orders rounds: the one with less is the better one.
  package var total: Double { lostShare + slowdown }

  /// What a reader is told of a disturbed round.
  package var reason: String {
    let lost = (lostShare * 100).rounded()
    let slow = (slowdown * 100).rounded()
    return """
      other programs took \(Int(lost)) % of the measured cores' time, and fixed work took \
      \(Int(slow)) % longer than at best
      """
  }

  /// Times of equal pieces of work on one core.
  ///
  /// - Parameter best: the shortest such piece so far; updated.
  init(pieces: [Int64], best: inout Double) {
    let median = SortedSample(pieces.map(Double.init)).median
    best = min(best, pieces.min().map(Double.init) ?? .infinity)
    let total = pieces.reduce(0) { $0 + Double($1) }
    // A piece that lost its core shows at once; small differences are the machine's own.
    let lost = pieces.reduce(0) { $0 + (Double($1) > 1.5 * median ? Double($1) - median : 0) }
    lostShare = total > 0 ? lost / total : 0
    slowdown = best > 0 && best.isFinite ? median / best - 1 : 0
  }

  /// Takes the slowdown of the runs that count in the place of the looks'.
  package mutating func take(_ quiet: QuietSlowdown) {
    slowdown = quiet.seen
    unseenSlowdown = quiet.unseen
  }

  /// An interval whose lower end allows for the slowdown: without it the work might have been faster
  /// by as much.
  package func widening(_ interval: MedianInterval) -> MedianInterval {
    var wide = interval
    wide.low /= 1 + slowdown + (unseenSlowdown ?? 0)
    return wide
  }

  /// The mean of several looks.
  package init(of parts: [Disturbance]) {
    let count = Double(max(1, parts.count))
    lostShare = parts.reduce(0) { $0 + $1.lostShare } / count
    slowdown = parts.reduce(0) { $0 + $1.slowdown } / count
  }
}
