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
  private var traffic: NeighbourTraffic

  /// - Parameter slowdown: of fixed work before the first run, as a share; infinite where nobody
  ///   looked.
  init(limit: Double, slowdown: Double = .infinity) {
    self.limit = limit
    before = slowdown
    traffic = NeighbourTraffic(limit: limit)
  }

  /// The mean slowdown around the quiet runs, and what they may hold unseen; nil without any.
  var slowdown: QuietSlowdown? {
    count > 0
      ? QuietSlowdown(seen: slowdowns / Double(count), unseen: traffic.unseenSlowdown) : nil
  }

  mutating func add(_ sample: Double) { waiting.append(sample) }

  /// Takes the slowdown right after the runs so far, or before the first ones after a pause; infinite
  /// where nobody looked.
  ///
  /// - Returns: these runs where they were quiet, else none.
  mutating func look(_ slowdown: Double) -> [Double] {
    defer {
      before = slowdown
      waiting.removeAll(keepingCapacity: true)
    }
    traffic.add(before, slowdown)
    guard max(before, slowdown) <= limit, !waiting.isEmpty else { return [] }
    count += 1
    slowdowns += (before + slowdown) / 2
    return waiting
  }
}

/// How much slower than without neighbours quiet runs were, as shares.
package struct QuietSlowdown: Hashable, Sendable, Codable {
  /// The mean of the looks around them.
  package var seen: Double
  /// What fell between the looks, as far as the neighbours' coming and going tells.
  package var unseen: Double

  package init(seen: Double, unseen: Double) {
    self.seen = seen
    self.unseen = unseen
  }
}
