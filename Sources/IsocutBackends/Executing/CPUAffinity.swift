internal import CIsocutLinux
internal import Glibc
internal import IsocutGraph

/// The cores that the calling thread may use.
public enum CPUAffinity {
  /// Ids of the cores the calling thread may use, ascending; what `taskset` or a container allows.
  public static var allowed: [Int] {
    var cpus = Array(repeating: Int32(0), count: 8192)
    let count = cisocut_allowed_cpus(&cpus, Int32(cpus.count))
    return cpus.prefix(max(0, Int(count))).map(Int.init)
  }

  /// Runs `body` with the calling thread pinned to `cpus`, and gives it its old cores back.
  ///
  /// - Throws: `IsocutError` `.infeasible` where a core does not exist or may not be used; what
  ///   `body` throws.
  public static func withCurrentThreadPinned<Result>(
    to cpus: [Int], _ body: () throws -> Result
  ) throws -> Result {
    guard !cpus.isEmpty else { return try body() }
    let before = allowed.map(Int32.init)
    guard cisocut_pin_current_thread(cpus.map(Int32.init(clamping:)), Int32(cpus.count)) == 0 else {
      throw refusal(of: cpus)
    }
    defer { _ = cisocut_pin_current_thread(before, Int32(before.count)) }
    return try body()
  }

  static func refusal(of cpus: [Int]) -> IsocutError {
    let names = cpus.map(String.init).joined(separator: ",")
    let usable = allowed.map(String.init).joined(separator: ",")
    return IsocutError(
      .infeasible, "a thread cannot be pinned to core \(names); cores \(usable) may be used here")
  }
}

/// The clock all times of this package are taken from.
package enum MonotonicClock {
  /// Nanoseconds since some moment in the past; never goes back.
  package static var nanoseconds: Int64 { cisocut_monotonic_nanoseconds() }

  /// Puts the calling thread to sleep until a moment of this clock.
  package static func sleep(until moment: Int64) {
    var end = timespec(
      tv_sec: Int(moment / 1_000_000_000), tv_nsec: Int(moment % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nil) == EINTR {}
  }
}
