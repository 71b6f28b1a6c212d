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
    var contenders: [Contender] = []
    do {
      for configuration in configurations { contenders.append(try await open(configuration)) }
      var rows: [BenchResult.Row] = []
      for load in loads {
        for index in contenders.indices { contenders[index].windows = [] }
        for round in 0..<Self.openLoopRounds {
          let order = round % 2 == 0 ? Array(contenders.indices) : contenders.indices.reversed()
          for index in order {
            let (name, process) = (contenders[index].way.description, contenders[index].process)
            let loaded = contenders[index].loaded
            report(.load(load, name))
            let window = self.window(load, round: round)
            contenders[index].windows += try await undisturbed(name) {
              [try await process.window(loaded, window)]
            }
          }
        }
        for contender in contenders {
          rows.append(
            BenchResult.Row(
              contender.way, windows: contender.windows, under: load,
              host: HostReport(
                loadMilliseconds: contender.loaded.loadMilliseconds,
                firstRunMilliseconds: contender.loaded.firstRunMilliseconds,
                peakMemoryMebibytes: try await contender.process.peakMemoryMebibytes)))
        }
      }
      for contender in contenders { await contender.process.stop() }
      return BenchResult(openLoop: rows)
    } catch {
      for contender in contenders { await contender.process.stop() }
      throw error
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
