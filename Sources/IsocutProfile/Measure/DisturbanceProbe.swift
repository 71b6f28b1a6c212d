import CIsocutLinux
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

  private let cpus: [Int]
  private let passes: Int
  private var best: [Double]
  /// Of each core: a core alone may be faster than all of them together.
  private var bestAlone: [Int: Double] = [:]

  /// Calibrates the work on the first core: takes 2 ms.
  ///
  /// - Parameter cpus: the cores to look at; none looks wherever the calling thread runs.
  package init(cpus: [Int]) throws {
    self.cpus = cpus
    passes = try CPUAffinity.withCurrentThreadPinned(to: Array(cpus.prefix(1))) {
      let trial = 200
      let times = FixedWork.times(count: 100, passes: trial)
      let shortest = max(1, times.min() ?? 1)
      return max(10, Int(Double(trial) * 20_000 / Double(shortest)))
    }
    best = Array(repeating: .infinity, count: max(1, cpus.count))
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
  package mutating func glance() -> Disturbance { look(at: cpus.first ?? 0, Self.shortLook) }

  /// How much slower than at best a core is at this very moment, as a share: about 25 us, from a thread
  /// that is pinned to it.
  package mutating func peek(at cpu: Int) -> Double { look(at: cpu, 1).slowdown }

  private mutating func look(at cpu: Int, _ count: Int) -> Disturbance {
    Disturbance(
      pieces: FixedWork.times(count: count, passes: passes),
      best: &bestAlone[cpu, default: .infinity])
  }
}

private final class ProbeResults: Sendable {
  let pieces = Mutex<[Int: [Int64]]>([:])
}

/// Times of work that is always the same.
private enum FixedWork {
  /// Nanoseconds of so many pieces.
  static func times(count: Int, passes: Int) -> [Int64] {
    // What ran before has emptied the first cache.
    _ = cisocut_fixed_work(Int64(passes / 4))
    return (0..<count).map { _ in
      let begin = MonotonicClock.nanoseconds
      _ = cisocut_fixed_work(Int64(passes))
      return MonotonicClock.nanoseconds - begin
    }
  }
}
