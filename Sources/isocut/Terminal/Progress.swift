import Foundation
import IsocutReport
import Synchronization

/// What a long command says while it works, on standard error: one line that is rewritten on a
/// terminal, and a line for each finished step elsewhere.
final class Progress: Sendable {
  private let terminal = Terminal.standardError
  private let start = ContinuousClock.now
  private let isShown = Mutex(false)

  var seconds: Double {
    let elapsed = ContinuousClock.now - start
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }

  /// What is being done now; only a terminal shows it.
  func doing(_ activity: String, best: String? = nil) {
    guard terminal.isTerminal else { return }
    let line = ProgressLine(activity: activity, elapsedSeconds: seconds, best: best)
    isShown.withLock { shown in
      terminal.write("\r\u{1B}[K" + line.text(width: terminal.width - 1))
      shown = true
    }
  }

  /// A finished step; it stays.
  func done(_ text: String) {
    isShown.withLock { shown in
      terminal.write((shown ? "\r\u{1B}[K" : "") + text + "\n")
      shown = false
    }
  }

  /// Removes the line that is being rewritten.
  func clear() {
    isShown.withLock { shown in
      if shown { terminal.write("\r\u{1B}[K") }
      shown = false
    }
  }
}
