import IsocutGraph

extension AICTools {
  /// The devices of this machine.
  ///
  /// - Throws: `IsocutError` `.unavailable` where the tool does not answer.
  package func devices() throws -> DeviceQuery {
    let run = try self.run([query, "-q"], timeout: patience)
    if case .timedOut = run.end {
      throw IsocutError(
        .unavailable,
        """
        qaic-util did not answer within \(patience); look whether the kernel driver hangs \
        (journalctl -k)
        """)
    }
    let devices = DeviceQuery(parsing: run.standardOutput)
    guard devices.devices.isEmpty, run.status != 0 else { return devices }
    throw IsocutError(
      .unavailable,
      """
      qaic-util ended with status \(run.status); it said: \
      \(lastLines(of: run.standardError + "\n" + run.standardOutput))
      """)
  }

  /// What the SDK says of its version, or nil where it does not.
  package func sdkVersion() -> String? {
    guard let run = try? self.run([version], timeout: patience), run.status == 0
    else { return nil }
    let lines = run.standardOutput.split(whereSeparator: \.isNewline).map(\.trimmed)
    return lines.isEmpty ? nil : lines.filter { !$0.isEmpty }.joined(separator: " ")
  }
}
