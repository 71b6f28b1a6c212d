import CIsocutLinux
import Foundation

/// How a child process ended.
enum ProcessEnd: Hashable, Sendable {
  case exited(Int32)
  case signaled(Int32)

  /// From the status that `waitpid` gives.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7F
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xFF) : .signaled(signal)
  }

  /// What that means of a worker that was not killed by us.
  ///
  /// A worker turns its fatal signals into exit statuses, which travel through `ssh`. Other statuses
  /// than these and 0 are those of what stands between: `ssh`, `docker exec`, a script.
  ///
  /// - Parameter kernelKilled: whether the kernel's out-of-memory killer was at work meanwhile.
  func reason(isRemote: Bool, kernelKilled: Bool) -> WorkerFailure.Reason {
    switch self {
    case .exited(CISOCUT_EXIT_OUT_OF_MEMORY): .outOfMemory
    case .exited(let status) where Self.ownSignals.contains(status - 128):
      .crashed(signal: status - 128)
    case .exited(let status) where isRemote && status != 0: .linkLost("status \(status)")
    case .exited(let status) where 129...192 ~= status: .crashed(signal: status - 128)
    case .exited(let status): .ended(status: status)
    case .signaled(let signal) where isRemote: .linkLost("signal \(signal)")
    case .signaled(9) where kernelKilled: .outOfMemory
    case .signaled(let signal): .crashed(signal: signal)
    }
  }
}

extension ProcessEnd {
  /// Signals that a program raises by its own fault.
  private static let ownSignals: Set<Int32> = [
    SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS,
  ]
}

/// The kernel's out-of-memory killer.
enum OutOfMemoryKiller {
  /// Processes it has killed since the machine started; 0 where the kernel does not say.
  static func count() -> Int {
    guard let file = FileHandle(forReadingAtPath: "/proc/vmstat") else { return 0 }
    defer { try? file.close() }
    let text = (try? file.readToEnd()).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
    return line.flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? 0
  }
}
