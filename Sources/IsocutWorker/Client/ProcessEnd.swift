import CIsocutLinux

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
  /// A worker turns fatal signals into exit statuses, which travel through `ssh`; the kernel's
  /// SIGKILL on this machine is its out-of-memory killer. 255 is how `ssh` says that it failed.
  func reason(isRemote: Bool) -> WorkerFailure.Reason {
    switch self {
    case .exited(CISOCUT_EXIT_OUT_OF_MEMORY): .outOfMemory
    case .exited(let status) where 129...192 ~= status: .crashed(signal: status - 128)
    case .exited(255) where isRemote: .linkLost("status 255")
    case .exited(let status): .ended(status: status)
    case .signaled(let signal) where isRemote: .linkLost("signal \(signal)")
    case .signaled(9): .outOfMemory
    case .signaled(let signal): .crashed(signal: signal)
    }
  }
}
