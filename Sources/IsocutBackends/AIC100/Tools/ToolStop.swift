import Glibc
import IsocutGraph

/// Why a tool did not come to its own end: the cause of an error that says little of what the tool
/// was given.
package enum ToolStop: Error, Hashable, CustomStringConvertible {
  /// It would perhaps have ended later.
  case timeUp(Duration)
  /// Somebody ended it, such as the kernel where memory ran out.
  case killed(signal: Int32)

  package var description: String {
    switch self {
    case .timeUp(let limit): "its time of \(limit) was up"
    case .killed(let signal): "signal \(signal) came from outside"
    }
  }
}

extension ToolRun {
  /// - Throws: `IsocutError` `.vendorTool` with a `ToolStop` where the tool was stopped.
  func checkEnd(of tool: String) throws {
    switch end {
    case .timedOut(let limit):
      throw IsocutError(
        .vendorTool, "\(tool) did not end within \(limit)", cause: ToolStop.timeUp(limit))
    case .killed(let signal) where signal == SIGKILL || signal == SIGTERM:
      throw IsocutError(
        .vendorTool,
        """
        \(tool) was killed from outside by signal \(signal); where memory ran out, compile fewer \
        programs at a time
        """, cause: ToolStop.killed(signal: signal))
    case .killed, .exited: break
    }
  }
}

extension IsocutError {
  /// Whether a tool failed by itself, so that it would fail again.
  package var isLastingToolFailure: Bool { code == .vendorTool && !(cause is ToolStop) }

  /// The limit that ended a tool, or nil.
  package var toolTimeLimit: Duration? {
    if case .timeUp(let limit) = cause as? ToolStop { limit } else { nil }
  }
}
