import Glibc

/// The right to measure on this machine: two commands of one user that measure at the same time
/// would measure each other.
final class MeasuringTurn {
  /// A command that holds the turn for longer than any measurement takes is hung; the probe shows
  /// what it costs to go on beside it.
  private static let patienceSeconds = 20.0

  private let lock: Int32

  /// Waits for its turn. A folder that cannot be written gives the turn at once.
  init() {
    // The same for all commands, whatever TMPDIR each has.
    let path = "/tmp/isocut-measuring-\(getuid()).lock"
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    var waited = 0.0
    while lock >= 0, flock(lock, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR,
      waited < Self.patienceSeconds
    {
      usleep(10_000)
      waited += 0.01
    }
  }

  deinit {
    if lock >= 0 { close(lock) }
  }
}
