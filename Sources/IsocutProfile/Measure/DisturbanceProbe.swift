import CIsocutLinux
import IsocutBackends
import IsocutGraph
import Synchronization

/// Fixed work on given cores, short enough to do it around and between measurements.
///
/// The kernel's own figures do not show what a hypervisor's neighbours take; the time of work that
/// is always the same does.
package struct DisturbanceProbe: Sendable {
  /// Pieces of about 0.1 ms each.
  private static let longLook = 60
  private static let shortLook = 10

  private let cpus: [Int]
  private let steps: Int
  private var best: [Double]
  /// A core alone may be faster than all of them together, so glances have a best of their own.
  private var bestGlance = Double.infinity

  /// Calibrates the work on the first core: takes 5 ms.
  ///
  /// - Parameter cpus: the cores to look at; none looks wherever the calling thread runs.
  package init(cpus: [Int]) throws {
    self.cpus = cpus
    steps = try CPUAffinity.withCurrentThreadPinned(to: Array(cpus.prefix(1))) {
      let trial = 2_000
      let times = (0..<20).map { _ in FixedWork.time(steps: trial) }
      let shortest = max(1, times.min() ?? 1)
      return max(100, Int(Double(trial) * 100_000 / Double(shortest)))
    }
    best = Array(repeating: .infinity, count: max(1, cpus.count))
  }

  /// Looks at all cores at the same time: about 6 ms.
  ///
  /// - Throws: `IsocutError` where a thread cannot be pinned.
  package mutating func look() throws -> Disturbance {
    let steps = steps
    guard !cpus.isEmpty else {
      let pieces = FixedWork.times(count: Self.longLook, steps: steps)
      return Disturbance(pieces: pieces, best: &best[0])
    }
    let found = ProbeResults()
    let threads = try cpus.enumerated().map { index, cpu in
      try JoinableThread(name: "isocut-probe", cpus: [cpu]) {
        let pieces = FixedWork.times(count: Self.longLook, steps: steps)
        found.pieces.withLock { $0[index] = pieces }
      }
    }
    for thread in threads { thread.join() }
    let pieces = found.pieces.withLock { $0 }
    return Disturbance(
      of: cpus.indices.map { Disturbance(pieces: pieces[$0] ?? [], best: &best[$0]) })
  }

  /// Looks at the first core from a thread that is pinned to it: about 1 ms.
  package mutating func glance() -> Disturbance {
    Disturbance(
      pieces: FixedWork.times(count: Self.shortLook, steps: steps), best: &bestGlance)
  }
}

private final class ProbeResults: Sendable {
  let pieces = Mutex<[Int: [Int64]]>([:])
}

/// Times of work that is always the same.
private enum FixedWork {
  static func times(count: Int, steps: Int) -> [Int64] {
    (0..<count).map { _ in time(steps: steps) }
  }

  /// Nanoseconds.
  static func time(steps: Int) -> Int64 {
    let begin = MonotonicClock.nanoseconds
    _ = cisocut_fixed_work(Int64(steps), 0.5)
    return MonotonicClock.nanoseconds - begin
  }
}
