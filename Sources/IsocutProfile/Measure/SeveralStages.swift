import Foundation
package import IsocutBackends
import IsocutGraph

/// Measures several stages in one process: in turns, so that what disturbs one disturbs all, or at
/// the same time, so that they share caches and memory as in a pipeline.
package enum SeveralStages {
  package enum Order: String, Hashable, Sendable, Codable {
    /// One stage runs at a time, each for a window, again and again.
    case inTurns
    /// All loop at the same time, unlinked.
    case together
  }

  package struct Rule: Hashable, Sendable, Codable {
    /// Seconds of one window, and of the warm-up before the first.
    package var windowSeconds: Double
    /// Windows of each stage that are kept.
    package var windowCount: Int

    package init(windowSeconds: Double = 0.1, windowCount: Int = 20) {
      self.windowSeconds = windowSeconds
      self.windowCount = windowCount
    }

    /// As short as windows can be, so many that each stage runs about that often.
    package static func runs(_ count: Int) -> Rule {
      Rule(windowSeconds: 0.002, windowCount: max(2, count / SeveralStages.minimumRuns))
    }
  }

  /// Median milliseconds per item of each window: one row a stage, one column a window. Windows with
  /// the same number were measured one after the other, or at the same time.
  package struct Windows: Hashable, Sendable, Codable {
    package var medians: [[Double]]
    /// What fixed work between these windows, or around them, saw of others.
    package var disturbance: Disturbance
    /// In turns: of each stage, what its runs took while its core had no neighbour.
    package var quiet: [Quiet]?

    package init(medians: [[Double]], disturbance: Disturbance, quiet: [Quiet]? = nil) {
      self.medians = medians
      self.disturbance = disturbance
      self.quiet = quiet
    }

    /// Whether they are those of so many stages; a store may hold anything.
    func isOf(stageCount: Int) -> Bool {
      medians.count == stageCount
        && medians.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isFinite && $0 >= 0 } }
    }

    /// The median of a stage's windows, with its interval.
    package func interval(ofStage index: Int) -> MedianInterval { MedianInterval(medians[index]) }
  }

  /// The quiet runs of one stage.
  package struct Quiet: Hashable, Sendable, Codable {
    /// Of the windows that had some: milliseconds per item.
    package var medians: [Double]
    /// Of fixed work around these runs; nil without any.
    package var slowdown: QuietSlowdown?

    package init(medians: [Double], slowdown: QuietSlowdown?) {
      self.medians = medians
      self.slowdown = slowdown
    }
  }

  /// Measures; each stage has a thread of its own, which its backend pins.
  ///
  /// In turns, half as many windows again are measured where others disturbed some, and the most
  /// disturbed are left out. Together, a disturbed measurement is repeated up to twice, and the least
  /// disturbed is kept.
  ///
  /// - Throws: the first error of any stage.
  package static func measure(
    _ stages: [(artifact: Artifact, load: Load)], _ order: Order, _ rule: Rule,
    on backend: any Backend
  ) throws -> Windows {
    var looks = try WindowLooks(
      cpus: backend.isSimulated
        ? nil : Array(Set(stages.flatMap { $0.load.lanes.flatMap(\.cpus) })).sorted())
    guard order == .together else {
      return stages.contains { $0.load.lanes.count > 1 }
        ? try reloading(stages, rule, looks, on: backend)
        : try looping(stages, order, rule, looks, on: backend)
    }
    var best: Windows?
    for _ in 0..<3 {
      try looks.add()
      var found = try looping(stages, order, rule, looks, on: backend)
      try looks.add()
      found.disturbance = looks.last
      if found.disturbance.total < best?.disturbance.total ?? .infinity { best = found }
      if best?.disturbance.isTolerable ?? false { break }
    }
    return best ?? Windows(medians: [], disturbance: looks.last)
  }

  /// Each stage loaded once, in a thread that waits for its turns.
  private static func looping(
    _ stages: [(artifact: Artifact, load: Load)], _ order: Order, _ rule: Rule,
    _ looks: WindowLooks,
    on backend: any Backend
  ) throws -> Windows {
    let course = MeasuringCourse(stages.map(\.load), order, rule, looks)
    let threads = try stages.enumerated().map { index, stage in
      try JoinableThread(name: "isocut-stage-\(index)", cpus: []) {
        do {
          _ = try backend.measure(stage.artifact, stage.load) { course.take($0, from: index) }
          course.leave(nil)
        } catch {
          course.leave(error)
        }
      }
    }
    for thread in threads { thread.join() }
    return try course.windows()
  }

  /// A window has at least so many runs.
  static let minimumRuns = 3

  /// In turns, each window loaded anew: lanes beside the first cannot be held between windows.
  private static func reloading(
    _ stages: [(artifact: Artifact, load: Load)], _ rule: Rule, _ looks: WindowLooks,
    on backend: any Backend
  ) throws -> Windows {
    var medians = stages.map { _ in [Double]() }
    var looks = looks
    try looks.add()
    while !looks.areEnough(for: rule) {
      for (index, stage) in stages.enumerated() {
        var samples: [Double] = []
        var begin = MonotonicClock.nanoseconds
        var isWarm = false
        _ = try backend.measure(stage.artifact, stage.load) { sample in
          let now = MonotonicClock.nanoseconds
          samples.append(sample)
          guard Double(now - begin) * 1e-9 >= rule.windowSeconds, samples.count >= minimumRuns
          else { return true }
          if isWarm { return false }
          isWarm = true
          samples = []
          begin = now
          return true
        }
        medians[index].append(SortedSample(samples).median)
      }
      try looks.add()
    }
    return looks.leastDisturbed(rule.windowCount, of: medians)
  }
}
