internal import Glibc
internal import IsocutBackends
internal import IsocutGraph
internal import IsocutRuntime

/// Hand-off latency and pipeline efficiency of stages that only keep their core busy.
enum HandOff {
  /// Cores this process may use, at most two.
  static var cores: [Int] { Array(CPUAffinity.allowed.prefix(2)) }

  static func stages(
    milliseconds: [Double], cores: [Int], plants: Bool = false
  ) -> (stages: [PipelineStage], inputs: [TensorSpec], outputs: [TensorSpec]) {
    let specs = (0...milliseconds.count).map {
      TensorSpec(name: "t\($0)", elementType: .float32, shape: [4096])
    }
    let stages = milliseconds.enumerated().map { index, time in
      let executor = BusyExecutor(
        input: specs[index], output: specs[index + 1], nanoseconds: Int64(time * 1e6),
        plants: plants)
      let cpus = cores.isEmpty ? [] : [cores[index * cores.count / milliseconds.count]]
      return PipelineStage(
        name: "\(index)", lanes: [.init(executor: executor, cpus: cpus)], inputs: [specs[index]],
        outputs: [specs[index + 1]])
    }
    return (stages, [specs[0]], [specs[milliseconds.count]])
  }

  static func pipeline(
    milliseconds: [Double], cores: [Int], plants: Bool = false, _ options: PipelineOptions
  ) throws -> Pipeline {
    let made = stages(milliseconds: milliseconds, cores: cores, plants: plants)
    return try Pipeline(
      stages: made.stages, inputs: made.inputs, outputs: made.outputs, options: options)
  }

  static func report(cores: [Int]) throws {
    print("Hand-off: the first stage's end to the second's begin; the second is 5 % faster.")
    print("| stage us | waiting | p50 us | p99 us | others' CPU % |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for stage in [0.02, 0.2, 1.0] {
      for (name, spin) in [
        ("spins 100 us, then sleeps", SpinPolicy.microseconds(100)), ("sleeps", .microseconds(0)),
      ] {
        let (waits, load) = try quiet { try latencies(stage: stage, cores: cores, spin: spin) }
        row(stage, name, waits, load)
      }
      let (rival, load) = try quiet { try ConditionRival.latencies(stage: stage, cores: cores) }
      row(stage, "mutex and condition", rival, load)
    }
    print("\nPipeline efficiency: two equal stages against the same two unlinked, paired windows.")
    print("| stage us | efficiency | others' CPU % |")
    print("| ---: | ---: | ---: |")
    for stage in [0.02, 0.2, 1.0] {
      let (value, load) = try quiet { try efficiency(stage: stage, cores: cores) }
      print("| \(Int(stage * 1000)) | \(fixed(value, 3)) | \(fixed(load, 1)) |")
    }
  }

  private static func row(_ stage: Double, _ name: String, _ latencies: [Double], _ load: Double) {
    let sorted = latencies.sorted()
    func at(_ share: Double) -> String {
      sorted.isEmpty
        ? "-" : fixed(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))], 2)
    }
    print("| \(Int(stage * 1000)) | \(name) | \(at(0.5)) | \(at(0.99)) | \(fixed(load, 1)) |")
  }

  /// Microseconds from a stage's end to the next one's begin, for items the later stage waited for.
  private static func latencies(
    stage: Double, cores: [Int], spin: SpinPolicy
  ) throws -> [Double] {
    let count = max(200, min(4000, Int(400 / stage)))
    let pipeline = try Self.pipeline(
      milliseconds: [stage, stage * 0.95], cores: cores,
      PipelineOptions(spin: spin, recycles: true, itemLimit: count, eventCapacity: count))
    try pipeline.start()
    while pipeline.counters.items < count { usleep(5000) }
    pipeline.drain()
    let events = pipeline.events
    var ends: [Int: Int64] = [:]
    for event in events where event.stage == 0 { ends[event.item] = event.ended }
    return events.compactMap { event in
      guard event.stage == 1, event.item > count / 10, let end = ends[event.item],
        event.ready <= end
      else { return nil }
      return Double(event.started - end) / 1000
    }
  }

  /// The median over paired windows of the pipeline's rate over the slower unlinked stage's rate.
  private static func efficiency(stage: Double, cores: [Int]) throws -> Double {
    let made = stages(milliseconds: [stage, stage], cores: cores)
    let unlinked = try UnlinkedLanes(
      stages: made.stages, inputs: made.inputs, outputs: made.outputs
    ) { _, _ in }
    let window: UInt32 = 250_000
    var ratios: [Double] = []
    for _ in 0..<20 {
      let pipeline = try Pipeline(
        stages: made.stages, inputs: made.inputs, outputs: made.outputs,
        options: PipelineOptions(recycles: true))
      try pipeline.start()
      let linked = rates(of: { pipeline.counters }, window).min() ?? 0
      pipeline.drain()
      try unlinked.start()
      let free = rates(of: { unlinked.counters }, window).min() ?? 0
      try unlinked.stop()
      if free > 0 { ratios.append(linked / free) }
    }
    return ratios.sorted()[ratios.count / 2]
  }

  private static func rates(of counters: () -> PipelineCounters, _ window: UInt32) -> [Double] {
    usleep(20_000)
    let before = counters()
    usleep(window)
    let after = counters()
    let seconds = Double(after.nanoseconds - before.nanoseconds) / 1e9
    return zip(before.stages, after.stages).map { Double($1.items - $0.items) / seconds }
  }

  /// Runs a round until others used less than 2 % of the machine meanwhile, at most five times; the
  /// last round counts then, with its load beside it.
  static func quiet<Value>(_ round: () throws -> Value) rethrows -> (Value, load: Double) {
    for attempt in 1...5 {
      let before = MachineLoad()
      let value = try round()
      let load = MachineLoad().othersShare(since: before)
      if load < 2 || attempt == 5 { return (value, load) }
    }
    return (try round(), 100)
  }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int((value * scale).rounded())
    let fraction = String(abs(whole) % Int(scale))
    let padded = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
    return "\(whole < 0 ? "-" : "")\(abs(whole) / Int(scale)).\(padded)"
  }
}
