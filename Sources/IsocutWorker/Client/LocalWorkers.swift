import Glibc
import Synchronization

/// The child processes of this one.
package enum LocalWorkers {
  static let living = Mutex<Set<pid_t>>([])
  private static let ending = Atomic(false)

  /// True once this process ends at once: what then becomes of a worker says nothing of its stage.
  package static var areEnding: Bool { ending.load(ordering: .sequentiallyConsistent) }

  /// Kills all and removes what they leave, for a process that is about to end at once.
  package static func killAll() {
    ending.store(true, ordering: .sequentiallyConsistent)
    let processes = living.withLock { $0 }
    for process in processes { kill(process, SIGKILL) }
    for process in processes {
      // Its threads may still write until it is gone; its own thread collects it.
      for _ in 0..<200 where kill(process, 0) == 0 && !isZombie(process) { usleep(1000) }
      WorkFolder.removeAll(ofProcess: process)
    }
  }

  private static func isZombie(_ process: pid_t) -> Bool {
    var information = siginfo_t()
    return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) != 0
      || information.si_signo == SIGCHLD
  }
}
