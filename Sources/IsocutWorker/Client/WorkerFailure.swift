/// A request that got no answer because its worker failed: a result of what was asked, not of isocut.
package struct WorkerFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Reason: Hashable, Sendable {
    /// A fatal signal, by number.
    case crashed(signal: Int32)
    /// The time limit passed; the worker was killed.
    case timedOut(Duration)
    /// An allocation failed at the memory limit, or the kernel chose the process.
    case outOfMemory
    /// It ended by itself, with a status.
    case ended(status: Int32)
    /// The process that carries the bytes of a remote worker ended; the worker's fate is unknown.
    case linkLost(String)
    /// It wrote something that is not the protocol.
    case protocolError(String)
  }

  package var reason: Reason
  /// The verb of the request.
  package var verb: String
  /// The last lines that the worker wrote to standard error.
  package var lastLines: [String]
  /// The thread that crashed, where the worker could still say so.
  package var thread: String?

  package init(
    _ reason: Reason, verb: String, lastLines: [String] = [], thread: String? = nil
  ) {
    self.reason = reason
    self.verb = verb
    self.lastLines = lastLines
    self.thread = thread
  }

  /// What happened, in words, without the worker's own output.
  package var summary: String {
    switch reason {
    case .crashed(let signal): "it crashed with signal \(signal)\(Self.name(signal))"
    case .timedOut(let limit): "it did not answer within \(Self.seconds(limit)) s and was killed"
    case .outOfMemory: "it ran out of memory"
    case .ended(let status): "it ended with status \(status)"
    case .linkLost(let how): "the link to it was lost (\(how))"
    case .protocolError(let what): "it wrote \(what)"
    }
  }

  package var description: String {
    let head = "the worker failed at \(verb): \(summary)"
    guard !lastLines.isEmpty else { return head }
    return head + "; its last words: " + lastLines.joined(separator: " | ")
  }

  private static func name(_ signal: Int32) -> String {
    let names: [Int32: String] = [
      4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
      11: "SIGSEGV", 15: "SIGTERM", 31: "SIGSYS",
    ]
    return names[signal].map { " (\($0))" } ?? ""
  }

  private static func seconds(_ duration: Duration) -> String {
    let value = duration / .seconds(1)
    return value == value.rounded() ? String(Int(value)) : String(value)
  }
}
