import IsocutProfile

/// What stages took in the quiet moments of the final turns.
struct QuietFigures {
  /// With fewer windows the interval of a median is no 95 % one.
  private static let enough = 6

  private var medians: [Int: [Double]] = [:]
  private var slowdowns: [Int: [QuietSlowdown]] = [:]

  /// Takes what a turn saw of each stage.
  mutating func take(_ quiet: [Int: SeveralStages.Quiet]) {
    for (stage, found) in quiet {
      medians[stage, default: []] += found.medians
      if let slowdown = found.slowdown { slowdowns[stage, default: []].append(slowdown) }
    }
  }

  /// Figures of the winner's stages and the baseline's, with the mean slowdown around the winner's.
  ///
  /// - Returns: nil where a stage of either had too few quiet windows, or where they would turn around
  ///   what the pairs of windows decided.
  func figures(
    of winner: [Int], against baseline: [Int]?
  ) -> (winner: [MedianInterval], baseline: [MedianInterval]?, slowdown: QuietSlowdown)? {
    func figures(_ cut: [Int]) -> [MedianInterval]? {
      let found = cut.compactMap { medians[$0] }.filter { $0.count >= Self.enough }
      return found.count == cut.count ? found.map { MedianInterval($0) } : nil
    }
    func bottleneck(_ figures: [MedianInterval]) -> Double { figures.map(\.median).max() ?? 0 }
    guard let own = figures(winner) else { return nil }
    let other = baseline.map(figures)
    if let other {
      guard let other, bottleneck(own) <= bottleneck(other) else { return nil }
    }
    let seen = winner.flatMap { slowdowns[$0] ?? [] }
    func mean(_ shares: [Double]) -> Double {
      shares.reduce(0, +) / Double(max(1, shares.count))
    }
    return (
      own, other ?? nil,
      QuietSlowdown(seen: mean(seen.map(\.seen)), unseen: mean(seen.map(\.unseen)))
    )
  }
}
