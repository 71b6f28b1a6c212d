import Foundation

/// The three descriptors every program is given, which a shell's `>&-` takes away.
enum StandardStreams {
  /// Opens those that are closed, so that no file the command opens later becomes standard output
  /// and has the result written into it.
  ///
  /// Each is opened for the other direction: what is lost is an error then, not a success.
  static func openClosed() {
    for (descriptor, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is this one, since those below are open.
      _ = open("/dev/null", mode)
    }
  }
}
