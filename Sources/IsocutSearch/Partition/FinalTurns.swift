import IsocutBackends
import IsocutGraph
import IsocutProfile

/// A cut with the optimisation level that its stages run at.
struct LeveledCut: Hashable {
  var level: RunOptions.OptimizationLevel
  var cut: Cut

  /// Its stages, each on the device of its place.
  func parts(on devices: [Device]) -> [StagePart] {
    zip(cut.stages, devices).map {
      StagePart(level: level, operators: $0, device: $1)
    }
  }
}

/// The last word on which cut is the best: all finalists' stages in turns, window by window, so that
/// what disturbs one disturbs all. Figures of the search were taken minutes apart.
struct FinalTurns {
  struct Result {
    /// Place of the best finalist.
    var winner: Int
    /// Of each finalist and stage: milliseconds per item. Of the winner and the baseline those of quiet
    /// moments, where both had enough of them.
    var figures: [[MedianInterval]]
    /// What others took of the machine while these figures were taken.
    var disturbance: Disturbance
    /// How much slower than at best the cores were in all turns, as a share.
    var slowdown: Double

    func bottleneck(of finalist: Int) -> Double { figures[finalist].map(\.median).max() ?? .nan }
  }

  let stages: StageFiles
  let bench: any StageBench
  /// Runs of each stage; nil measures until the order is decided.
  var runs: Int?
  let isInterrupted: @Sendable () -> Bool

  private static let rounds = 3

  /// - Parameters:
  ///   - finalists: at least one, all with as many stages as there are devices.
  ///   - openings: of finalists whose stages were not all measured before, the stage to begin with;
  ///     at least one finalist has none.
  ///   - baseline: the place of the one that is reported even if it loses; nil where there is
  ///     none.
  ///   - milliseconds: what the slowest stage is known to take, about.
  func run(
    _ finalists: [LeveledCut], openings: [Int: Int] = [:], baseline: Int?,
    expecting milliseconds: Double
  ) async throws -> Result {
    // A stage that several finalists share is measured once.
    var places: [StagePart: Int] = [:]
    var parts: [StagePart] = []
    let cuts = finalists.map { finalist in
      finalist.parts(on: stages.devices).map { part in
        if places[part] == nil {
          places[part] = parts.count
          parts.append(part)
        }
        return places[part] ?? 0
      }
    }
    var standings = Standings(
      stages: cuts,
      openings: Dictionary(uniqueKeysWithValues: openings.map { ($0, cuts[$0][$1]) }),
      baseline: baseline)
    var disturbances: [Disturbance] = []
    var quiet = QuietFigures()
    for _ in 0..<(runs == nil ? Self.rounds : 1) {
      let needed = standings.stagesToMeasure
      let found = try await bench.inTurns(
        needed.map { parts[$0] }, stages, expecting: milliseconds)
      disturbances.append(found.disturbance)
      standings.take(Dictionary(uniqueKeysWithValues: zip(needed, found.medians)))
      quiet.take(Dictionary(uniqueKeysWithValues: zip(needed, found.quiet ?? [])))
      if standings.isDecided || isInterrupted() { break }
    }
    let winner = standings.best
    let disturbance = Disturbance(of: disturbances)
    var result = Result(
      winner: winner,
      figures: cuts.map { $0.map { MedianInterval(standings.windows[$0] ?? []) } },
      disturbance: disturbance, slowdown: disturbance.slowdown)
    if let found = quiet.figures(of: cuts[winner], against: baseline.map { cuts[$0] }) {
      result.figures[winner] = found.winner
      if let baseline, let figures = found.baseline { result.figures[baseline] = figures }
      result.disturbance.take(found.slowdown)
    }
    return result
  }
}
