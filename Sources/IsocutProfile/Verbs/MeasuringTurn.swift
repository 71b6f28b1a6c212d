import Glibc

/// The right to measure on this machine or on one of its cards: two commands of one user that
/// measure at the same time would measure each other.
package final class MeasuringTurn {
  private let lock: Int32

  /// Waits for a turn on this machine's cores.
  convenience init() {
    // The same for all commands, whatever TMPDIR each has. A command that holds the turn for longer
    // than any measurement takes is hung; the probe shows what it costs to go on beside it.
    self.init(path: "/tmp/isocut-measuring-\(getuid()).lock", patience: .seconds(20))
  }

  /// Waits for a turn on a card.
  ///
  /// - Parameters:
  ///   - card: its name, such as `aic100-0`.
  ///   - patience: a command that holds the turn for longer is hung.
  package convenience init(card: String, patience: Duration) {
    self.init(path: "\(CacheFolder.path)/\(card).lock", patience: patience)
  }

  /// A folder that is not there or cannot be written gives the turn at once.
  private init(path: String, patience: Duration) {
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    let end = ContinuousClock.now + patience
    while lock >= 0, flock(lock, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR,
      ContinuousClock.now < end
    {
      usleep(10_000)
    }
  }

  deinit {
    if lock >= 0 { close(lock) }
  }
}
