internal import Synchronization

/// The last lines the engine logged. They stay out of stderr and are shown with a failure.
///
/// Any thread of the engine may add to it.
final class EngineLog: Sendable {
  static let shared = EngineLog()

  private struct Lines {
    var last: [String] = []
    var count = 0
  }

  private static let capacity = 16
  private let lines = Mutex(Lines())

  /// How many lines were ever logged; a later call gives the lines since.
  var mark: Int { lines.withLock { $0.count } }

  func append(_ line: String) {
    lines.withLock {
      $0.last.append(line)
      if $0.last.count > Self.capacity { $0.last.removeFirst() }
      $0.count += 1
    }
  }

  func lines(since mark: Int) -> [String] {
    lines.withLock { $0.last.suffix(max(0, $0.count - mark)) }
  }
}
