/// What a hosted work did in one stretch of time.
package struct Window: Codable, Hashable, Sendable {
  /// Items that ended within the window.
  package var items: Int
  /// From the end of the item before the first counted one to the end of the last.
  package var seconds: Double
  /// Milliseconds from the start of each counted item to its end; under an open-loop load from when
  /// it was due, and of unanswered items as long as they have waited.
  package var latencies: [Double]
  /// One a stage; empty for works that are no pipeline.
  package var stages: [StageShare]
  /// Items that were due but not answered when the window ended; 0 without an open-loop load.
  package var unanswered = 0
  /// True where more was left to do at the end of an open-loop load than a queue that keeps up leaves.
  package var fallsBehind = false
  /// True when other programs or a neighbour took part of the machine meanwhile.
  package var isDisturbed = false

  package var itemsPerSecond: Double { seconds > 0 ? Double(items) / seconds : 0 }

  /// What a stage's lanes did with their time; the three add up to 1.
  package struct StageShare: Codable, Hashable, Sendable {
    package var busy: Double
    /// Waited for input.
    package var starved: Double
    /// Waited for room behind.
    package var blocked: Double

    package init(busy: Double, starved: Double, blocked: Double) {
      self.busy = busy
      self.starved = starved
      self.blocked = blocked
    }
  }

  package init(items: Int, seconds: Double, latencies: [Double], stages: [StageShare] = []) {
    self.items = items
    self.seconds = seconds
    self.latencies = latencies
    self.stages = stages
  }
}

/// How long a window lasts: both minimums are reached, unless the maximum ends it.
package struct WindowLength: Codable, Hashable, Sendable {
  package var minimumSeconds: Double
  package var minimumItems: Int
  package var maximumSeconds: Double

  package init(minimumSeconds: Double, minimumItems: Int = 1, maximumSeconds: Double = 30) {
    self.minimumSeconds = minimumSeconds
    self.minimumItems = minimumItems
    self.maximumSeconds = max(minimumSeconds, maximumSeconds)
  }

  func isOver(seconds: Double, items: Int) -> Bool {
    seconds >= maximumSeconds || (seconds >= minimumSeconds && items >= minimumItems)
  }
}
