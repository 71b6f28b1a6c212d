import Foundation
import IsocutGraph
import IsocutReport

/// One of the standard streams, and how it may be written to.
struct Terminal: Sendable {
  let descriptor: Int32
  let isTerminal: Bool
  let allowsColor: Bool

  static let standardOutput = Terminal(STDOUT_FILENO)
  static let standardError = Terminal(STDERR_FILENO)

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    allowsColor = ColorChoice.auto.allowsColor(
      environment: ProcessInfo.processInfo.environment, isTerminal: isTerminal)
  }

  /// Columns of the terminal, or 80 where there is none.
  var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes all of a text.
  ///
  /// - Returns: nil, or the error number that ended the writing. A reader that has gone away is none.
  @discardableResult func write(_ text: String) -> Int32? {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        let number = errno
        if count < 0, number == EINTR { continue }
        return number == EPIPE ? nil : number
      }
      bytes = bytes.dropFirst(count)
    }
    return nil
  }

  /// Writes what a command found.
  ///
  /// - Throws: `IsocutError` `.inputOutput` where it cannot be written.
  func writeResult(_ text: String) throws {
    guard let failure = write(text) else { return }
    throw IsocutError(
      .inputOutput, "cannot write the result to standard output",
      cause: POSIXErrorCode(rawValue: failure).map { POSIXError($0) })
  }

  /// An error and its causes, each on a line of its own.
  func writeError(_ error: IsocutError) {
    var lines = ["error: \(error.message)"]
    var indent = "  "
    var cause = error.cause
    while let current = cause {
      if let known = current as? IsocutError {
        lines.append("\(indent)because: \(known.message)")
        cause = known.cause
      } else {
        lines.append("\(indent)because: \(SystemError.words(for: current))")
        cause = nil
      }
      indent += "  "
    }
    write(lines.joined(separator: "\n") + "\n")
  }
}
