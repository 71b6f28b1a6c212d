/// One finished run of a vendor's tool.
package struct ToolRun: Hashable, Sendable {
  package enum End: Hashable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
    /// It did not end in the time given and was killed.
    case timedOut(Duration)
  }

  package var end: End
  /// What it printed; of very long output only the end is kept.
  package var standardOutput: String
  package var standardError: String

  /// The exit status as a shell tells it.
  package var status: Int32 {
    switch end {
    case .exited(let status): status
    case .killed(let signal): 128 + signal
    case .timedOut: 124
    }
  }
}
