import IsocutProfile

/// What `isocut bench` found. Keys in JSON are the names in snake case.
package struct BenchResult: Sendable {
  package var rows: [Row]
  /// Of the pipeline's stages, in its windows.
  package var stages: [Window.StageShare]
  /// Pipeline rate over the slowest stage's rate with all stages looping unlinked at the same time;
  /// nil where that was not measured.
  package var pipelineEfficiency: Double?
  package var winner: String
  /// True where the winner's lead over the next is within noise.
  package var withinNoise: Bool
  package var notes: [String]
  /// The optimisation level of the rivals: the fastest of the whole model.
  package var rivalLevel: String?

  package init(
    rows: [Row], stages: [Window.StageShare], pipelineEfficiency: Double?, winner: String,
    withinNoise: Bool, notes: [String]
  ) {
    self.rows = rows
    self.stages = stages
    self.pipelineEfficiency = pipelineEfficiency
    self.winner = winner
    self.withinNoise = withinNoise
    self.notes = notes
  }

  /// One way to run the model.
  package struct Row: Sendable {
    package var configuration: String
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
    /// `good`, or `unstable` where disturbed windows had to be kept.
    package var status: String
    /// Times per item of the windows, for comparisons.
    package var millisecondsPerItem: [Double]

    package init(
      configuration: String, windows: [Window], host: HostReport
    ) {
      let rates = windows.map(\.itemsPerSecond)
      let interval = MedianInterval(rates, isIndependent: true)
      let latencies = SortedSample(windows.flatMap(\.latencies))
      self.configuration = configuration
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
      status = windows.contains(where: \.isDisturbed) ? "unstable" : "good"
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
