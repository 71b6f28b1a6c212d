import Foundation

/// How often a core's neighbour comes and goes, from looks at about equal distances, and so how much of
/// its work falls unseen between two looks that were both quiet. A pure value.
///
/// The neighbour is taken to rest or work, and to change at random at two constant rates (a Markov
/// chain with two states). A quiet moment is then followed by another one a time t later with the
/// chance `share + (1 - share) * exp(-rate * t)`, `share` being that of all moments that are quiet.
struct NeighbourTraffic {
  /// A neighbour takes at most half of a core; what took longer lost the core for a while, which the
  /// share of lost time counts.
  private static let mostByNeighbours = 1.0

  private let limit: Double
  private var looks = 0
  private var quiet = 0
  private var afterQuiet = 0
  private var quietAfterQuiet = 0
  private var busySlowdowns = 0.0

  /// - Parameter limit: the slowdown up to which a moment is quiet, as a share.
  init(limit: Double) { self.limit = limit }

  /// Takes two looks, one after the other; infinite where nobody looked.
  mutating func add(_ before: Double, _ after: Double) {
    guard after.isFinite else { return }
    looks += 1
    if after <= limit { quiet += 1 } else { busySlowdowns += min(after, Self.mostByNeighbours) }
    guard before <= limit else { return }
    afterQuiet += 1
    if after <= limit { quietAfterQuiet += 1 }
  }

  /// How much longer than without neighbours work takes at the mean between two looks that are both
  /// quiet, as a share; 0 where no neighbour was seen.
  var unseenSlowdown: Double {
    guard quiet < looks, afterQuiet > 0, quiet > 0 else { return 0 }
    let share = Double(quiet) / Double(looks)
    let stays = Double(quietAfterQuiet) / Double(afterQuiet)
    // exp(-rate) with the distance of two looks as the unit of time.
    let memory = min(max((stays - share) / (1 - share), 1e-9), 1 - 1e-9)
    let rate = -log(memory)
    // The chance of a quiet moment between two quiet ones, over all such moments.
    let quietBetween =
      (share * share + 2 * share * (1 - share) * (1 - memory) / rate
        + (1 - share) * (1 - share) * memory) / (share + (1 - share) * memory)
    return (1 - quietBetween) * busySlowdowns / Double(looks - quiet)
  }
}
