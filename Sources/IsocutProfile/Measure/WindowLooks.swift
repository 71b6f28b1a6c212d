import IsocutGraph

/// What fixed work saw before the first window and after each: which windows others disturbed.
struct WindowLooks {
  private var probe: DisturbanceProbe?
  private var seen: [Disturbance] = []

  /// - Parameter cpus: nil does not look: made-up times cannot be disturbed.
  init(cpus: [Int]?) throws { probe = try cpus.map { try DisturbanceProbe(cpus: $0) } }

  mutating func add() throws {
    seen.append(try probe?.look() ?? Disturbance(lostShare: 0, slowdown: 0))
  }

  /// How much slower than at best the calling thread's core is now, which it is pinned to; nil where
  /// nobody looks, or did so just before.
  mutating func peek(at cpu: Int) -> Double? { probe?.peek(at: cpu) }

  /// Of each window: the mean of the looks before and after it.
  private var ofWindows: [Disturbance] {
    zip(seen, seen.dropFirst()).map { Disturbance(of: [$0, $1]) }
  }

  var last: Disturbance { ofWindows.last ?? Disturbance(lostShare: 0, slowdown: 0) }

  /// Whether the rule's windows are there without disturbance, or half as many again with it.
  func areEnough(for rule: SeveralStages.Rule) -> Bool {
    let windows = ofWindows
    return windows.count(where: \.isTolerable) >= rule.windowCount
      || windows.count >= rule.windowCount + (rule.windowCount + 1) / 2
  }

  /// The least disturbed windows, in the order measured.
  ///
  /// - Parameter quiet: of each stage: of all windows.
  func leastDisturbed(
    _ count: Int, of medians: [[Double]], quiet: [QuietWindows] = []
  ) -> SeveralStages.Windows {
    let windows = ofWindows
    let kept = windows.indices.sorted { (windows[$0].total, $0) < (windows[$1].total, $1) }
      .prefix(count).sorted()
    return SeveralStages.Windows(
      medians: medians.map { row in kept.filter(row.indices.contains).map { row[$0] } },
      disturbance: Disturbance(of: kept.map { windows[$0] }),
      quiet: quiet.map { SeveralStages.Quiet(medians: $0.medians, slowdown: $0.slowdown) })
  }
}
