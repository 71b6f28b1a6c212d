import Foundation
import Synchronization

/// Ctrl-C: the first asks a long command to end after the step under way, the second ends it now.
enum Interruption {
  private static let count = Atomic(0)
  private static let message: StaticString =
    "\nstopping after the measurement under way; press Ctrl-C again to stop now\n"

  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// Begins to listen to SIGINT and SIGTERM.
  static func listen() {
    // Globals are made at their first use, which must not be in the handler.
    _ = (isRequested, message)
    for number in [SIGINT, SIGTERM] {
      // The handler only counts and writes: all that is safe in one.
      signal(number) { _ in
        if Interruption.count.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
        _ = write(
          STDERR_FILENO, Interruption.message.utf8Start, Interruption.message.utf8CodeUnitCount)
      }
    }
  }
}
