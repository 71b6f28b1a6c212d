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
    /// Of each finalist and stage: milliseconds per item.
    var figures: [[MedianInterval]]
    /// Whether the machine was left alone while they were taken.
    var isSteady: Bool

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
  ///   - baseline: the place of the one that is reported even if it loses; nil where there is
  ///     none.
  ///   - milliseconds: what the slowest stage is known to take, about.
  func run(
    _ finalists: [LeveledCut], baseline: Int?, expecting milliseconds: Double
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
    var standings = Standings(stages: cuts, baseline: baseline)
    var isSteady = true
    for _ in 0..<(runs == nil ? Self.rounds : 1) {
      let needed = standings.stagesToMeasure
      let found = try await bench.inTurns(
        needed.map { parts[$0] }, stages, expecting: milliseconds)
      isSteady = isSteady && found.disturbance.isTolerable
      standings.take(Dictionary(uniqueKeysWithValues: zip(needed, found.medians)))
      if standings.isDecided || isInterrupted() { break }
    }
    return Result(
      winner: standings.best,
      figures: cuts.map { $0.map { MedianInterval(standings.windows[$0] ?? []) } },
      isSteady: isSteady)
  }
}

/// Which of several cuts are still in the race, from windows measured in turns.
struct Standings {
  /// Of each cut: the numbers of its stages; cuts may share stages.
  let stages: [[Int]]
  let baseline: Int?
  /// Of each stage: milliseconds per item, window by window.
  private(set) var windows: [Int: [Double]] = [:]
  /// Cuts that are not proven slower than the best one; the baseline stays for the report.
  private(set) var contenders: [Int]

  init(stages: [[Int]], baseline: Int?) {
    self.stages = stages
    self.baseline = baseline
    contenders = Array(stages.indices)
  }

  /// Stages of all contenders, each once.
  var stagesToMeasure: [Int] { Set(contenders.flatMap { stages[$0] }).sorted() }

  /// Takes further windows of the stages to measure, and drops cuts that are slower beyond noise.
  mutating func take(_ medians: [Int: [Double]]) {
    for (stage, more) in medians { windows[stage, default: []] += more }
    let best = best
    contenders = contenders.filter {
      $0 == best || $0 == baseline || verdict(best, $0) != .firstIsFaster
    }
  }

  /// The contender with the smallest bottleneck.
  var best: Int {
    contenders.min {
      SortedSample(bottleneck($0)).median < SortedSample(bottleneck($1)).median
    } ?? 0
  }

  /// Whether further windows could not change the order of the contenders.
  var isDecided: Bool {
    let best = best
    return contenders.allSatisfy { $0 == best || verdict(best, $0) == .firstIsFaster }
  }

  private func verdict(_ first: Int, _ second: Int) -> PairedComparison.Verdict {
    PairedComparison(first: bottleneck(first), second: bottleneck(second)).verdict
  }

  /// The windows of the slowest stage of a cut.
  private func bottleneck(_ cut: Int) -> [Double] {
    stages[cut].map { windows[$0] ?? [] }
      .max { SortedSample($0).median < SortedSample($1).median } ?? []
  }
}
