internal import IsocutBackends

/// How long a lane spins before it sleeps.
public enum SpinPolicy: Hashable, Sendable {
  /// 100 us where each lane has a core of its own, else not at all: a lane that spins on a shared
  /// core keeps the other from working. (Waking a sleeper takes 20 to 40 us on a virtual machine.)
  case automatic
  case microseconds(Int)

  /// Nanoseconds for lanes on the given cores.
  func nanoseconds(laneCPUs: [[Int]]) -> Int64 {
    switch self {
    case .microseconds(let count): return Int64(max(0, count)) * 1000
    case .automatic:
      let pinned = laneCPUs.flatMap { $0 }
      let unpinned = laneCPUs.count { $0.isEmpty }
      let hasOwnCores =
        Set(pinned).count == pinned.count
        && (unpinned == 0 || pinned.count + unpinned <= CPUAffinity.allowed.count)
      return hasOwnCores ? 100_000 : 0
    }
  }
}
