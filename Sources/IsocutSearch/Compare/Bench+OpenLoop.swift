import IsocutGraph

extension Bench {
  /// Windows of one configuration at one rate.
  private static let openLoopRounds = 3

  /// Runs each configuration under each load: items come when they are due, and their latency counts
  /// from then, so that a stall shows in all items that had to wait for it.
  ///
  /// - Parameter loads: seeds are those of the first round; others follow.
  package func run(
    _ configurations: [BenchConfiguration], under loads: [Arrivals]
  ) async throws -> BenchResult {
    try await withContenders(configurations) { contenders in
      var rows: [BenchResult.Row] = []
      for load in loads {
        for index in contenders.indices { contenders[index].windows = [] }
        for round in 0..<Self.openLoopRounds {
          let window = window(load, round: round)
          try await takeTurns(&contenders, round: round, announcing: { .load(load, $0) }) {
            try await $0.process.window($0.loaded, window)
          }
        }
        rows += try await self.rows(of: contenders, under: load)
      }
      return BenchResult(openLoop: rows)
    }
  }

  /// Long enough for the time and the number of items that were asked for, not beyond the longest.
  private func window(_ load: Arrivals, round: Int) -> ArrivalWindow {
    let wanted = max(options.minimumSeconds, Double(options.minimumItems) / load.itemsPerSecond)
    var load = load
    load.seed &+= UInt64(round)
    return ArrivalWindow(
      arrivals: load,
      seconds: min(wanted, options.maximumSeconds) / Double(Self.openLoopRounds))
  }
}
