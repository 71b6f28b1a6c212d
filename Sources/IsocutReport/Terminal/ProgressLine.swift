/// What a long command is doing, as the one line that a terminal shows while it runs.
package struct ProgressLine: Hashable, Sendable {
  /// What goes on: `measuring stage 1 of cut 3`.
  package var activity: String
  package var done: Int?
  /// Nil where nobody knows how many there will be.
  package var total: Int?
  package var elapsedSeconds: Double
  /// The best result so far, with its unit: `best 6.412 ms`.
  package var best: String?

  package init(
    activity: String, done: Int? = nil, total: Int? = nil, elapsedSeconds: Double,
    best: String? = nil
  ) {
    self.activity = activity
    self.done = done
    self.total = total
    self.elapsedSeconds = elapsedSeconds
    self.best = best
  }

  /// The line, cut to `width` columns so that it never wraps.
  package func text(width: Int = 80) -> String {
    var parts = [Self.clock(elapsedSeconds)]
    if let done { parts.append(total.map { "\(done)/\($0)" } ?? String(done)) }
    parts.append(printable(activity))
    if let best { parts.append(printable(best)) }
    let line = parts.joined(separator: "  ")
    if line.count <= width { return line }
    return width > 3 ? line.prefix(width - 3) + "..." : String(line.prefix(max(0, width)))
  }

  /// `7 s`, `3:05`, `1:02:03`.
  private static func clock(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds.isFinite ? min(seconds, 1e9) : 0))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    if hours > 0 { return "\(hours):\(twoDigits(minutes)):\(twoDigits(rest))" }
    return minutes > 0 ? "\(minutes):\(twoDigits(rest))" : "\(rest) s"
  }
}
