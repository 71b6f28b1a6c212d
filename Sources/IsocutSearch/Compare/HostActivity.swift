import IsocutGraph
import IsocutRuntime
import IsocutWorker
import Synchronization

/// What a host process is doing, told before it begins: where the process dies, that is what it died
/// of.
struct HostActivity: Codable, Hashable, Sendable {
  var text: String
  /// Whether threads named `isocut-STAGE.LANE` belong to stages of a plan.
  var hasStages: Bool
  /// Whether the rest can be done without it.
  var isOptional: Bool

  init(_ text: String, hasStages: Bool = false, isOptional: Bool = false) {
    self.text = text
    self.hasStages = hasStages
    self.isOptional = isOptional
  }

  /// The error for a process that died meanwhile.
  func failure(_ failure: WorkerFailure) -> IsocutError {
    var place = ""
    if let thread = failure.thread {
      place = hasStages ? LaneThread.stage(ofThread: thread).map { " in stage \($0)" } ?? "" : ""
    }
    var message = "the process died while \(text)\(place): \(failure.summary)"
    if !failure.lastLines.isEmpty {
      message += "; its last words: " + failure.lastLines.joined(separator: " | ")
    }
    switch failure.reason {
    case .crashed:
      message +=
        "; try another version of the engine, or partition with another "
        + "--optimization-level"
    case .outOfMemory: message += "; free memory, or use a machine with more of it"
    case .timedOut: message += "; see whether the machine is overloaded, then try again"
    case .ended, .linkLost, .protocolError: message += "; try again"
    }
    return IsocutError(.inputOutput, message)
  }
}

/// The last activity that a host told of.
final class LastActivity: Sendable {
  private let value: Mutex<HostActivity>

  init(_ activity: HostActivity) { value = Mutex(activity) }

  var activity: HostActivity {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }
}

extension WorkerRequest {
  /// Tells the parent what comes next. A parent that is gone is found out by the answer.
  func tell(_ activity: HostActivity) { try? send(event: WorkerReply(activity)) }
}
