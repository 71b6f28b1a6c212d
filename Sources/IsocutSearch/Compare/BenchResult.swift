import IsocutProfile

/// What `isocut bench` found. Keys in JSON are the names in snake case.
package struct BenchResult: Sendable {
  package var rows: [Row]
  /// Of the pipeline's stages, in its windows.
  package var stages: [Window.StageShare]
  /// Pipeline rate over the slowest stage's rate with all stages looping unlinked at the same time;
  /// nil where that was not measured.
  package var pipelineEfficiency: Double?
  /// `unstable` where disturbed windows of the efficiency had to be kept.
  package var efficiencyStatus: String?
  /// The fastest row: the pipeline or its best rival. `pipeline_push_pop` is a way to drive the
  /// pipeline and never wins on its own.
  package var winner: WayToRun?
  /// The pipeline beside its best rival; nil where one of them was not run.
  package var comparison: Comparison?
  /// The optimisation level of the rivals: the fastest of the whole model; nil without rivals.
  package var rivalLevel: String?

  /// Paired windows of the pipeline and of one rival.
  package struct Comparison: Sendable {
    package var rival: WayToRun
    /// Rate of the pipeline over that of the rival, with its 95 % interval.
    package var speedup: Double
    package var interval: [Double]
    /// True where the interval holds 1.
    package var withinNoise: Bool
  }

  package init(
    rows: [Row], stages: [Window.StageShare], pipelineEfficiency: Double? = nil,
    efficiencyStatus: String? = nil
  ) {
    self.rows = rows
    self.stages = stages
    self.pipelineEfficiency = pipelineEfficiency
    self.efficiencyStatus = efficiencyStatus
    let rival = rows.filter { !$0.way.isPipeline }.max { $0.itemsPerSecond < $1.itemsPerSecond }
    let pipeline =
      rows.first { $0.way == .pipeline } ?? rows.first { $0.way.isPipeline }
    let fastest = [pipeline, rival].compactMap(\.self).max { $0.itemsPerSecond < $1.itemsPerSecond }
    winner = fastest?.way
    if let pipeline, let rival {
      let paired = PairedComparison(
        first: rival.millisecondsPerItem, second: pipeline.millisecondsPerItem)
      comparison = Comparison(
        rival: rival.way, speedup: paired.ratio.median,
        interval: [paired.ratio.low, paired.ratio.high],
        withinNoise: paired.verdict == .withinNoise)
    }
  }

  /// Of open-loop loads, where latency counts and nobody wins by throughput.
  package init(openLoop rows: [Row]) {
    self.rows = rows
    stages = []
  }

  /// One way to run the model.
  package struct Row: Sendable {
    package var way: WayToRun
    /// The open-loop load under which it ran; nil where the next item came as soon as there was
    /// room.
    package var load: Arrivals?
    /// Items that were due but not answered; 0 without an open-loop load.
    package var unanswered: Int
    /// Median over windows.
    package var itemsPerSecond: Double
    /// The 95 % interval of that median.
    package var interval: [Double]
    package var p50: Double
    package var p90: Double
    package var p95: Double
    package var p99: Double
    package var items: Int
    /// High-water mark of the process that ran nothing but this.
    package var peakMemoryMebibytes: Double
    package var loadMilliseconds: Double
    package var firstRunMilliseconds: Double
    /// `good`, `overloaded` where items came faster than they were answered, or `unstable` where
    /// disturbed windows had to be kept.
    package var status: String
    /// Times per item of the windows, for comparisons.
    package var millisecondsPerItem: [Double]

    package init(
      _ way: WayToRun, windows: [Window], under load: Arrivals? = nil, host: HostReport
    ) {
      let rates = windows.map(\.itemsPerSecond)
      let interval = MedianInterval(rates, isIndependent: true)
      let latencies = SortedSample(windows.flatMap(\.latencies))
      self.way = way
      itemsPerSecond = interval.median
      self.interval = [interval.low, interval.high]
      p50 = latencies.percentile(50)
      p90 = latencies.percentile(90)
      p95 = latencies.percentile(95)
      p99 = latencies.percentile(99)
      items = windows.reduce(0) { $0 + $1.items }
      peakMemoryMebibytes = host.peakMemoryMebibytes
      loadMilliseconds = host.loadMilliseconds
      firstRunMilliseconds = host.firstRunMilliseconds
      self.load = load
      unanswered = windows.reduce(0) { $0 + $1.unanswered }
      let isOverloaded = unanswered > 0 || windows.contains { $0.fallsBehind }
      status =
        isOverloaded
        ? "overloaded" : windows.contains(where: \.isDisturbed) ? "unstable" : "good"
      millisecondsPerItem = rates.map { 1000 / $0 }
    }
  }
}

/// What a host says of its process.
package struct HostReport: Codable, Hashable, Sendable {
  package var loadMilliseconds: Double
  package var firstRunMilliseconds: Double
  package var peakMemoryMebibytes: Double

  package init(
    loadMilliseconds: Double, firstRunMilliseconds: Double, peakMemoryMebibytes: Double
  ) {
    self.loadMilliseconds = loadMilliseconds
    self.firstRunMilliseconds = firstRunMilliseconds
    self.peakMemoryMebibytes = peakMemoryMebibytes
  }
}
