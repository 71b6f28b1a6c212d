import IsocutBackends
import IsocutGraph
import Synchronization

/// Fixed work on given cores, short enough to do it around and between measurements.
///
/// The kernel's own figures do not show what a hypervisor's neighbours take; the time of work that
/// is always the same does.
package struct DisturbanceProbe: Sendable {
  /// Pieces of about 20 us each: short, so that some fall between a neighbour's bursts and show how
  /// fast the work can be.
  private static let longLook = 300
  private static let shortLook = 50
  /// Nanoseconds between two peeks.
  private static let pause: Int64 = 1_000_000
  /// Of looking at a core about which nobody knows anything.
  private static let firstLookNanoseconds: Int64 = 1_000_000_000

  private let cpus: [Int]
  private let passes: Int
  private var quiet: QuietSpeed
  /// The shortest piece of each core while all are at work.
  private var best: [Double]
  /// Of each core alone, which may be faster than all of them together.
  private var bestAlone: [Int: Double] = [:]
  private var lastPeeks: [Int: Int64] = [:]

  /// Calibrates the work on the first core, which takes 2 ms; and learns how fast a core is whose kind
  /// was not looked at lately, which takes a second.
  ///
  /// - Parameter cpus: the cores to look at; none looks wherever the calling thread runs.
  package init(cpus: [Int]) throws { try self.init(cpus: cpus, QuietSpeed()) }

  init(cpus: [Int], _ quiet: QuietSpeed) throws {
    self.cpus = cpus
    self.quiet = quiet
    passes = try CPUAffinity.withCurrentThreadPinned(to: Array(cpus.prefix(1))) {
      let trial = 200
      let times = FixedWork.times(count: 100, passes: trial)
      let shortest = max(1, times.min() ?? 1)
      return max(10, Int(Double(trial) * 20_000 / Double(shortest)))
    }
    best = Array(repeating: .infinity, count: max(1, cpus.count))
    for cpu in cpus {
      try CPUAffinity.withCurrentThreadPinned(to: [cpu]) { learn(cpu) }
    }
  }

  /// From a thread that is pinned to the core.
  private mutating func learn(_ cpu: Int) {
    if quiet[cpu] == nil {
      let end = MonotonicClock.nanoseconds + Self.firstLookNanoseconds
      while MonotonicClock.nanoseconds < end { _ = learningLook(at: cpu, Self.shortLook) }
    }
    if let ratio = quiet[cpu] {
      bestAlone[cpu] = min(
        bestAlone[cpu] ?? .infinity, ratio * Double(passes) * FixedWork.thousandSteps())
    }
  }

  /// Looks at all cores at the same time: about 6 ms.
  ///
  /// - Throws: `IsocutError` where a thread cannot be pinned.
  package mutating func look() throws -> Disturbance {
    let passes = passes
    guard !cpus.isEmpty else {
      let pieces = FixedWork.times(count: Self.longLook, passes: passes)
      return Disturbance(pieces: pieces, best: &best[0])
    }
    if let only = cpus.first, cpus.count == 1 {
      return try CPUAffinity.withCurrentThreadPinned(to: [only]) {
        learningLook(at: only, Self.longLook)
      }
    }
    let results = ProbeResults()
    let threads = try cpus.enumerated().map { index, cpu in
      try JoinableThread(name: "isocut-probe", cpus: [cpu]) {
        let pieces = FixedWork.times(count: Self.longLook, passes: passes)
        results.pieces.withLock { $0[index] = pieces }
      }
    }
    for thread in threads { thread.join() }
    let found = results.pieces.withLock { pieces in cpus.indices.map { pieces[$0] ?? [] } }
    let looks = cpus.indices.map { Disturbance(pieces: found[$0], best: &best[$0]) }
    for (cpu, best) in zip(cpus, best) {
      bestAlone[cpu] = min(best, bestAlone[cpu] ?? .infinity)
    }
    return Disturbance(of: looks)
  }

  /// Looks at the first core from a thread that is pinned to it: about 1 ms.
  package mutating func glance() -> Disturbance {
    let cpu = cpus.first ?? 0
    // Of several cores the thread may be on any.
    return cpus.count == 1
      ? learningLook(at: cpu, Self.shortLook)
      : slowdown(of: FixedWork.times(count: Self.shortLook, passes: passes), on: cpu)
  }

  /// How much slower than at best a core is at this very moment, as a share: about 25 us, from a
  /// thread that is pinned to it; nil less than a millisecond after the last peek at that core.
  package mutating func peek(at cpu: Int) -> Double? {
    let now = MonotonicClock.nanoseconds
    if let last = lastPeeks[cpu], now - last < Self.pause { return nil }
    lastPeeks[cpu] = now
    return slowdown(of: FixedWork.times(count: 1, passes: passes), on: cpu).slowdown
  }

  /// From a thread that is pinned to the core.
  private mutating func learningLook(at cpu: Int, _ count: Int) -> Disturbance {
    let before = FixedWork.thousandSteps()
    let pieces = FixedWork.times(count: count, passes: passes)
    let after = FixedWork.thousandSteps()
    // By the faster side: where the clock rose in between, the other one would make the work look fast.
    let pass = Double(pieces.min() ?? 0) / Double(passes)
    quiet.add(pass / min(before, after), of: cpu)
    return slowdown(of: pieces, on: cpu)
  }

  private mutating func slowdown(of pieces: [Int64], on cpu: Int) -> Disturbance {
    Disturbance(pieces: pieces, best: &bestAlone[cpu, default: .infinity])
  }
}

private final class ProbeResults: Sendable {
  let pieces = Mutex<[Int: [Int64]]>([:])
}
