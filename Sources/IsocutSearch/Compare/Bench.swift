package import IsocutBackends
import IsocutGraph
import IsocutProfile
package import IsocutWorker

/// Compares configurations in windows that take turns, each configuration in a process of its own.
package struct Bench: Sendable {
  package struct Options: Sendable {
    /// Time of all windows of one configuration.
    package var minimumSeconds: Double
    package var minimumItems: Int
    package var maximumSeconds: Double
    /// Six is the fewest that can tell two candidates apart at 95 %.
    package var rounds: Int

    package init(
      minimumSeconds: Double = 3, minimumItems: Int = 30, maximumSeconds: Double = 30,
      rounds: Int = 6
    ) {
      self.minimumSeconds = minimumSeconds
      self.minimumItems = minimumItems
      self.maximumSeconds = maximumSeconds
      self.rounds = rounds
    }

    var window: WindowLength {
      WindowLength(
        minimumSeconds: minimumSeconds / Double(rounds),
        minimumItems: minimumItems / rounds + (minimumItems % rounds > 0 ? 1 : 0),
        maximumSeconds: maximumSeconds / Double(rounds))
    }

    /// Before the first window, so that caches and clocks are as they will be.
    var warmUp: WindowLength {
      WindowLength(
        minimumSeconds: min(0.3, minimumSeconds), minimumItems: 3,
        maximumSeconds: min(5, maximumSeconds))
    }

    /// Of each of the two windows of a pair: 0.25 s, less where less time was asked for.
    var efficiencyWindow: WindowLength {
      let share = min(1, minimumSeconds / 3)
      return WindowLength(
        minimumSeconds: 0.25 * share, minimumItems: share < 1 ? 2 : 5,
        maximumSeconds: max(0.5, 10 * share))
    }
  }

  package enum Event: Sendable {
    case opening(String)
    case round(Int, of: Int, String)
    /// A window of an open-loop load.
    case load(Arrivals, String)
    case disturbed(String, attempt: Int)
    case efficiency
  }

  /// Whether the machine was somebody else's while `body` ran.
  package typealias Guarding =
    @Sendable (_ body: () async throws -> [Window]) async throws -> (
      windows: [Window], isDisturbed: Bool
    )

  private let backend: BackendSelection
  private let inputPlan: InputPlan
  let options: Options
  private let worker: WorkerCommandLine
  private let toolVersion: String
  private let guarding: Guarding
  private let report: @Sendable (Event) -> Void

  package init(
    backend: BackendSelection, inputPlan: InputPlan, options: Options,
    worker: WorkerCommandLine = .own, toolVersion: String, guarding: @escaping Guarding,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.backend = backend
    self.inputPlan = inputPlan
    self.options = options
    self.worker = worker
    self.toolVersion = toolVersion
    self.guarding = guarding
    self.report = report
  }

  struct Contender {
    var way: WayToRun
    var process: HostProcess
    var loaded: HostProcess.Loaded
    var windows: [Window] = []
  }

  /// Runs the comparison. Stages and efficiency are those of the row `pipeline`, where it runs.
  package func run(_ configurations: [BenchConfiguration]) async throws -> BenchResult {
    try await withContenders(configurations) { contenders in
      for round in 0..<options.rounds {
        try await takeTurns(
          &contenders, round: round, announcing: { .round(round + 1, of: options.rounds, $0) }
        ) { try await $0.process.window($0.loaded, options.window) }
      }
      // Memory is read before the efficiency windows load the stages once more.
      let rows = try await rows(of: contenders)
      guard let pipeline = contenders.first(where: { $0.way == .pipeline }) else {
        return BenchResult(rows: rows, stages: [])
      }
      report(.efficiency)
      let efficiency = try await efficiency(of: pipeline)
      return BenchResult(
        rows: rows, stages: Self.shares(of: pipeline.windows),
        pipelineEfficiency: efficiency.median,
        efficiencyStatus: efficiency.isDisturbed ? "unstable" : "good")
    }
  }

  /// Loads all configurations, gives them to `body` and ends their processes, whatever happens.
  func withContenders<Value>(
    _ configurations: [BenchConfiguration], _ body: (inout [Contender]) async throws -> Value
  ) async throws -> Value {
    var contenders: [Contender] = []
    do {
      for configuration in configurations { contenders.append(try await open(configuration)) }
      let value = try await body(&contenders)
      for contender in contenders { await contender.process.stop() }
      return value
    } catch {
      for contender in contenders { await contender.process.stop() }
      throw error
    }
  }

  /// One undisturbed window of each. Turning the order around keeps one configuration from always
  /// following the same other.
  func takeTurns(
    _ contenders: inout [Contender], round: Int, announcing event: (String) -> Event,
    _ window: (Contender) async throws -> Window
  ) async throws {
    let order = round % 2 == 0 ? Array(contenders.indices) : contenders.indices.reversed()
    for index in order {
      let contender = contenders[index]
      let name = contender.way.description
      report(event(name))
      contenders[index].windows += try await undisturbed(name) { [try await window(contender)] }
    }
  }

  func rows(
    of contenders: [Contender], under load: Arrivals? = nil
  ) async throws -> [BenchResult.Row] {
    var rows: [BenchResult.Row] = []
    for contender in contenders {
      rows.append(
        BenchResult.Row(
          contender.way, windows: contender.windows, under: load,
          host: HostReport(
            loadMilliseconds: contender.loaded.loadMilliseconds,
            firstRunMilliseconds: contender.loaded.firstRunMilliseconds,
            peakMemoryMebibytes: try await contender.process.peakMemoryMebibytes)))
    }
    return rows
  }

  /// Loads a configuration in a process of its own, the better of its two forms where it has two.
  private func open(_ configuration: BenchConfiguration) async throws -> Contender {
    report(.opening(configuration.way.description))
    var work = configuration.work
    if let alternative = configuration.alternative,
      try await isFaster(alternative, than: configuration.work)
    {
      work = alternative
    }
    let process = try await HostProcess(
      worker, toolVersion: toolVersion, backend: backend, inputPlan: inputPlan)
    do {
      let loaded = try await process.open(work)
      _ = try await process.window(
        loaded, options.warmUp)
      return Contender(way: configuration.way, process: process, loaded: loaded)
    } catch {
      await process.stop()
      throw error
    }
  }

  private func isFaster(_ second: HostedWork, than first: HostedWork) async throws -> Bool {
    var rates: [Double] = []
    for work in [first, second] {
      rates.append(
        try await HostProcess.with(
          worker, toolVersion: toolVersion, backend: backend, inputPlan: inputPlan
        ) { process in
          let loaded = try await process.open(work)
          let length = options.warmUp
          _ = try await process.window(loaded, length)
          return try await process.window(loaded, length).itemsPerSecond
        })
    }
    return rates[1] > rates[0]
  }

  /// Repeats a window that was disturbed, a few times; then keeps it, marked.
  private func undisturbed(
    _ name: String, attempts: Int = 3, _ body: () async throws -> [Window]
  ) async throws -> [Window] {
    for attempt in 1... {
      let (windows, isDisturbed) = try await guarding(body)
      if !isDisturbed { return windows }
      guard attempt < attempts else {
        return windows.map { window in
          var window = window
          window.isDisturbed = true
          return window
        }
      }
      report(.disturbed(name, attempt: attempt))
    }
    return []
  }

  private struct Efficiency {
    var median: Double
    var isDisturbed: Bool
  }

  /// The median of the linked rate over the slowest stage's unlinked rate, in paired windows.
  private func efficiency(of pipeline: Contender) async throws -> Efficiency {
    let length = options.efficiencyWindow
    var ratios: [Double] = []
    var disturbed = 0
    for pair in 0..<20 {
      // On a machine that never rests, repeating each pair would only take longer.
      let windows = try await undisturbed("efficiency", attempts: disturbed < 3 ? 3 : 1) {
        if pair % 2 == 0 {
          let linked = try await pipeline.process.window(pipeline.loaded, length)
          return [linked] + (try await pipeline.process.unlinkedWindows(pipeline.loaded, length))
        }
        let unlinked = try await pipeline.process.unlinkedWindows(pipeline.loaded, length)
        return [try await pipeline.process.window(pipeline.loaded, length)] + unlinked
      }
      let slowest = windows.dropFirst().map(\.itemsPerSecond).min() ?? .infinity
      ratios.append((windows.first?.itemsPerSecond ?? 0) / slowest)
      disturbed += windows.contains(where: \.isDisturbed) ? 1 : 0
    }
    // The median does not see a few disturbed pairs.
    return Efficiency(
      median: SortedSample(ratios).median, isDisturbed: disturbed > ratios.count / 4)
  }

  /// The mean over windows, weighted by their length.
  private static func shares(of windows: [Window]) -> [Window.StageShare] {
    guard let first = windows.first else { return [] }
    let total = windows.reduce(0) { $0 + $1.seconds }
    return first.stages.indices.map { stage in
      func mean(_ value: (Window.StageShare) -> Double) -> Double {
        windows.reduce(0) { $0 + value($1.stages[stage]) * $1.seconds } / max(total, 1e-9)
      }
      return Window.StageShare(
        busy: mean(\.busy), starved: mean(\.starved), blocked: mean(\.blocked))
    }
  }
}
