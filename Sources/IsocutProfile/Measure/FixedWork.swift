import CIsocutLinux
import IsocutBackends

/// Work that is always the same.
enum FixedWork {
  /// What its time depends on beside the core.
  static let build = String(cString: cisocut_fixed_work_build())

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

  /// Nanoseconds of a thousand multiplications that wait for each other, the shortest of some tries:
  /// about 20 us. Neighbours do not slow them, so this is the clock's frequency now.
  static func thousandSteps() -> Double {
    let tries = (0..<5).map { _ in
      let begin = MonotonicClock.nanoseconds
      _ = cisocut_chained_work(4000)
      return Double(MonotonicClock.nanoseconds - begin)
    }
    return max(1, tries.min() ?? 1) / 4
  }
}
