import IsocutProfile

/// Which of several cuts are still in the race, from windows measured in turns.
struct Standings {
  /// Of each cut: the numbers of its stages; cuts may share stages.
  let stages: [[Int]]
  /// Of cuts that nobody has measured yet: the stage that is likely to be the slowest. It is measured
  /// first; where it disappoints, the others never are.
  let openings: [Int: Int]
  let baseline: Int?
  /// Of each stage: milliseconds per item, window by window. A contender's stages have the same last
  /// windows.
  private(set) var windows: [Int: [Double]] = [:]
  /// Cuts that are not proven slower than the best one; the baseline stays for the report.
  private(set) var contenders: [Int]

  /// - Parameter openings: not for all cuts.
  init(stages: [[Int]], openings: [Int: Int] = [:], baseline: Int?) {
    self.stages = stages
    self.openings = openings
    self.baseline = baseline
    contenders = Array(stages.indices)
  }

  /// Stages of all contenders, each once; of those that begin now, the first.
  var stagesToMeasure: [Int] {
    Set(
      contenders.flatMap { cut in
        if let opening = openings[cut], windows[opening] == nil { [opening] } else { stages[cut] }
      }
    ).sorted()
  }

  /// Takes further windows of the stages to measure, and drops cuts that are slower beyond noise.
  mutating func take(_ medians: [Int: [Double]]) {
    for (stage, more) in medians { windows[stage, default: []] += more }
    let best = best
    contenders = contenders.filter {
      $0 == best || $0 == baseline || verdict(best, $0) != .firstIsFaster
    }
  }

  /// The contender with the smallest bottleneck of those whose stages are all measured.
  var best: Int {
    let whole = contenders.filter(isWhole)
    let count = whole.map { bottleneck($0).count }.min() ?? 0
    return whole.min {
      SortedSample(Array(bottleneck($0).suffix(count))).median
        < SortedSample(Array(bottleneck($1).suffix(count))).median
    } ?? 0
  }

  /// Whether further windows could not change the order of the contenders.
  var isDecided: Bool {
    let best = best
    return contenders.allSatisfy { $0 == best || verdict(best, $0) == .firstIsFaster }
  }

  private func isWhole(_ cut: Int) -> Bool { stages[cut].allSatisfy { windows[$0] != nil } }

  private func verdict(_ first: Int, _ second: Int) -> PairedComparison.Verdict {
    let (first, second) = (bottleneck(first), bottleneck(second))
    let count = min(first.count, second.count)
    return PairedComparison(
      first: Array(first.suffix(count)), second: Array(second.suffix(count))
    ).verdict
  }

  /// The windows of the slowest stage of a cut, as far as its stages are measured.
  private func bottleneck(_ cut: Int) -> [Double] {
    let known = stages[cut].compactMap { windows[$0] }
    let count = known.map(\.count).min() ?? 0
    return known.map { Array($0.suffix(count)) }
      .max { SortedSample($0).median < SortedSample($1).median } ?? []
  }
}
