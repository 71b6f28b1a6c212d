import ArgumentParser
import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutReport
import IsocutSearch

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Compare the pipeline with the whole model on the same cores.",
    discussion: """
      Every configuration runs in a process of its own, in windows that take turns. The whole model \
      gets its fastest optimisation level, preallocated buffers, pinned threads and the better of \
      its spin settings. Where the pipeline loses, the report says so and what to use instead.

      Configurations: pipeline, pipeline_push_pop (driven by a thread from outside), ort_default \
      (the engine's own choice of threads), ort_default_callers_N, intra_N (N threads share each \
      operator), instances_N (N sessions), one_session_callers_N (one session, N threads call it). \
      With TFLite, which has no shared sessions: tflite_default, intra_N and instances_N. With Edge \
      TPUs: instances_1 and instances_N run the whole model, compiled, on one device and on N.

      With --rate items come when they are due, as from users or a camera, and latency counts from \
      then: what waits in front of a busy model is part of it.

      Examples:
        isocut bench model.isocut
        isocut bench model.isocut --only pipeline --only one_session_callers_2 --min-time 10
        isocut bench model.isocut --rate 20 --rate 40 --rate 60 --poisson --min-time 20
      """)

  @OptionGroup var bundle: BundleOptions
  @OptionGroup var whole: WholeModelOptions

  @Option(
    help: ArgumentHelp("Run only this configuration (repeatable).", valueName: "configuration"))
  var only: [String] = []

  @Option(
    name: .customLong("min-time"),
    help: ArgumentHelp("Seconds each configuration runs at least.", valueName: "seconds"))
  var minTime = 3.0

  @Option(
    name: .customLong("min-count"),
    help: ArgumentHelp("Items each configuration runs at least.", valueName: "items"))
  var minCount = 30

  @Option(
    name: .customLong("max-time"),
    help: ArgumentHelp("Seconds after which a configuration ends anyway.", valueName: "seconds"))
  var maxTime = 30.0

  @Option(
    name: .customLong("in-flight"),
    help: ArgumentHelp("Items inside the pipeline. Default: two a stage.", valueName: "items"))
  var inFlight: Int?

  @Option(
    name: .customLong("rate"),
    help: ArgumentHelp(
      "Open-loop load: so many items a second are due (repeatable).", valueName: "items/s"))
  var rates: [Double] = []

  @Flag(help: "With --rate: items are due at random moments (Poisson), not at even distances.")
  var poisson = false

  @OptionGroup(title: "Result") var output: ReportOptions

  func run() async throws {
    try output.check()
    let options = try options()
    let opened = try bundle.open(model: whole.model)
    guard opened.bundle.plan.backend != AICTools.backendName else {
      throw IsocutError(
        .usage,
        "the programs of \(bundle.bundle) run on the card only: \(bundle.bundle)/reproduce.sh runs them"
      )
    }
    try Engines.requireReady(opened.backend)
    let progress = Progress()
    do {
      let result = try await opened.bench(
        only: only, inFlight: inFlight, loads: loads(seed: opened.bundle.plan.inputPlan.seed),
        options: options, toolVersion: ToolVersion.current
      ) { Self.show($0, on: progress) }
      progress.clear()
      try output.write(
        BenchReport.make(
          result, plan: opened.bundle.plan, notes: opened.differencesFromThisMachine(),
          summary: .now(opened.backend)))
    } catch {
      progress.clear()
      throw error
    }
  }

  private func options() throws -> Bench.Options {
    guard minTime > 0, minTime.isFinite, maxTime >= minTime, maxTime.isFinite else {
      throw IsocutError(.usage, "--min-time must be above 0 and not above --max-time")
    }
    guard minCount > 0 else { throw IsocutError(.usage, "--min-count must be at least 1") }
    if let inFlight, !(1...1024).contains(inFlight) {
      throw IsocutError(.usage, "--in-flight must be 1 to 1024")
    }
    guard rates.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw IsocutError(.usage, "--rate must be above 0 items a second")
    }
    guard !poisson || !rates.isEmpty else {
      throw IsocutError(.usage, "--poisson says how items come; give --rate ITEMS/S too")
    }
    if let rate = rates.max(), rate * minTime > Double(ArrivalWindow.mostItems) {
      throw IsocutError(
        .usage,
        String(
          format: "--rate %g for %g s is more than %d items; lower --min-time", rate, minTime,
          ArrivalWindow.mostItems)
      )
    }
    return Bench.Options(
      minimumSeconds: minTime, minimumItems: minCount, maximumSeconds: maxTime)
  }

  private func loads(seed: UInt64) -> [Arrivals] {
    rates.map {
      Arrivals(itemsPerSecond: $0, spacing: poisson ? .poisson : .even, seed: seed)
    }
  }

  private static func show(_ event: Bench.Event, on progress: Progress) {
    switch event {
    case .opening(let name): progress.doing("loading \(name)")
    case .round(let round, let count, let name):
      progress.doing("round \(round) of \(count): \(name)")
    case .load(let load, let name):
      progress.doing(String(format: "%g items/s: ", load.itemsPerSecond) + name)
    case .disturbed(let name, _):
      progress.doing("\(name): others took part of the machine; measuring the round again")
    case .efficiency: progress.doing("measuring the pipeline's efficiency")
    }
  }
}
