package import IsocutBackends
import IsocutGraph

/// Measures stages in this process, one after the other, and again while others disturb them.
package struct StageRounds {
  /// One for each set of cores; it remembers how fast its work can be.
  private var probes: [[Int]: DisturbanceProbe] = [:]
  /// Measurements in a row that repeats did not help.
  private var unstableInARow = 0
  /// After so many the machine is taken to be a busy one, where repeats only cost time.
  private static let patience = 3

  package init() {}

  /// Loads and runs an artifact: the least disturbed of at most `1 + maximumRepeats` rounds;
  /// on a machine that is always busy, of one.
  ///
  /// - Throws: what the backend throws; `IsocutError` where the load's cores cannot be used.
  package mutating func measure(
    _ artifact: Artifact, _ load: Load, _ rule: MeasuringRule, on backend: any Backend,
    keepsSamples: Bool = false
  ) throws -> StageMeasurement {
    let begin = MonotonicClock.nanoseconds
    let cpus = Array(Set(load.lanes.flatMap(\.cpus))).sorted()
    // Made-up times cannot be disturbed, and must be the same on every machine.
    var probe =
      backend.isSimulated ? nil : try probes[cpus] ?? DisturbanceProbe(cpus: cpus)
    defer { probes[cpus] = probe }
    var best = try StageRound(artifact, load, rule, backend, &probe)
    var repeats = 0
    let maximumRepeats = unstableInARow < Self.patience ? rule.maximumRepeats : 0
    while !best.disturbance.isTolerable, repeats < maximumRepeats {
      repeats += 1
      let round = try StageRound(artifact, load, rule, backend, &probe)
      if round.disturbance.total < best.disturbance.total { best = round }
    }
    let timing = StageTiming(
      interval: MedianInterval(best.samples),
      latencyMilliseconds: best.kind == .latencyMilliseconds
        ? SortedSample(best.samples).median * Double(load.lanes.count) : nil,
      endedBy: best.endedBy, warmUpCount: best.warmUpCount,
      outliers: OutlierReport(SortedSample(best.samples)), disturbance: best.disturbance,
      repeats: repeats, seconds: Double(MonotonicClock.nanoseconds - begin) * 1e-9,
      samples: keepsSamples ? best.samples : nil)
    let isStable = best.disturbance.isTolerable
    unstableInARow = isStable ? 0 : unstableInARow + 1
    return StageMeasurement(
      status: isStable ? .good : .unstable, reason: isStable ? nil : best.disturbance.reason,
      timing: timing)
  }
}

/// One uninterrupted measurement: warm-up, then runs until the rule ends it.
private struct StageRound {
  /// Nanoseconds between two glances at the core.
  private static let pause: Int64 = 100_000_000

  var samples: [Double]
  var kind: SampleKind
  var endedBy: MeasurementEnd
  var warmUpCount: Int
  var disturbance: Disturbance

  init(
    _ artifact: Artifact, _ load: Load, _ rule: MeasuringRule, _ backend: any Backend,
    _ probe: inout DisturbanceProbe?
  ) throws {
    var looks: [Disturbance] = []
    if let look = try probe?.look() { looks.append(look) }

    var warmUp: WarmUp? = WarmUp(maximumSeconds: rule.maximumWarmUpSeconds)
    var warmUpCount = 0
    // The measuring thread sees one core only.
    let core = probe == nil ? nil : load.onlyCore
    var runs = QuietRuns(rule, slowdown: core == nil ? 0 : .infinity)
    var end: MeasurementEnd?
    // Begins with the first sample: loading is no warm-up.
    var running: RunClock?
    var lastGlance = MonotonicClock.nanoseconds
    kind = try backend.measure(artifact, load) { sample in
      var clock = running ?? RunClock(lanes: load.lanes.count)
      defer { running = clock }
      clock.add(sample)
      if var warming = warmUp {
        let isWarm = warming.add(sample, elapsed: clock.seconds)
        warmUp = isWarm ? nil : warming
        if isWarm {
          warmUpCount = warming.count
          clock = RunClock(lanes: load.lanes.count)
        }
        return true
      }
      let slowdown = if let core { probe?.peek(at: core) } else { 0.0 }
      end = runs.add(sample, elapsed: clock.seconds, slowdown: slowdown)
      let now = MonotonicClock.nanoseconds
      if now - lastGlance >= Self.pause, let glance = probe?.glance() {
        looks.append(glance)
        lastGlance = now
      }
      return end == nil
    }
    guard let end else {
      throw IsocutError(
        .vendorTool, "the backend \(backend.name) ended a measurement by itself")
    }
    if let look = try probe?.look() { looks.append(look) }
    samples = runs.samples
    endedBy = end
    self.warmUpCount = warmUpCount
    disturbance = Disturbance(of: looks)
    if core != nil, let slowdown = runs.slowdown { disturbance.take(slowdown) }
  }
}

extension Load {
  /// The only core that all lanes use; nil where there are several, or any core will do.
  var onlyCore: Int? {
    let cores = Set(lanes.flatMap(\.cpus))
    return cores.count == 1 ? cores.first : nil
  }
}

/// Time since the first run: what the runs themselves took, which is also right for times that are
/// made up, or the clock's where that is more (tools that report a rate at the end).
private struct RunClock {
  private let begin = MonotonicClock.nanoseconds
  private let lanes: Double
  private var milliseconds = 0.0

  init(lanes: Int) { self.lanes = Double(lanes) }

  mutating func add(_ sample: Double) { milliseconds += sample * lanes }

  var seconds: Double {
    max(milliseconds * 1e-3, Double(MonotonicClock.nanoseconds - begin) * 1e-9)
  }
}
