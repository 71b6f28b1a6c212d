import IsocutGraph

extension AICTools {
  /// How long asking may take; a driver that hangs does not answer at all.
  private static let patience = Duration.seconds(30)

  /// The devices of this machine.
  ///
  /// - Throws: `IsocutError` `.unavailable` where the tool does not answer.
  package func devices() throws -> DeviceQuery {
    let run = try self.run([query, "-q"], timeout: Self.patience)
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
    guard let run = try? self.run([version], timeout: Self.patience), run.status == 0
    else { return nil }
    let lines = run.standardOutput.split(whereSeparator: \.isNewline).map(\.trimmed)
    return lines.isEmpty ? nil : lines.filter { !$0.isEmpty }.joined(separator: " ")
  }
}
