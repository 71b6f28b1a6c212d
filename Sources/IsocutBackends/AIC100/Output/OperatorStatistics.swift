/// A file `aic-profiling-program-P-activation-A-inf-I.txt`: what each core did in one inference of
/// a program that was compiled with device statistics. Every part may be missing.
package struct OperatorStatistics: Hashable, Sendable {
  /// One line of the table: all operators of one sort on one core.
  package struct Operator: Hashable, Sendable {
    package var core: String
    package var microcycles: Int
    /// Share of the inference in percent.
    package var percent: Double?
    package var count: Int?
    /// Kilobytes written; nil where the file says N/A.
    package var writtenKilobytes: Double?
    package var details: String
  }

  package var operators: [Operator] = []
  /// Percent of the inference that a hardware thread was busy, by core and thread
  /// (`c0 t4 HMX`).
  package var utilization: [String: Double] = [:]
  package var effectiveMegahertz: Double?
  /// Items a second that one instance reached on the device alone.
  package var itemsPerSecond: Double?

  package init(parsing text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace)
      if let entry = Self.operatorEntry(words) {
        operators.append(entry)
      } else if words.last == "utilization", words.count > 4,
        let share = Self.percent(words[words.count - 2])
      {
        utilization[words.prefix(3).joined(separator: " ")] = share
      } else if let label = line.firstRange(of: "Effective frequency is "), line.hasSuffix("MHz") {
        effectiveMegahertz = Double(line[label.upperBound...].dropLast(3))
      } else if line.contains("Device instance inf/s:"), let rate = words.last {
        itemsPerSecond = Double(rate)
      }
    }
  }

  /// Columns: core, ucycles, ucycles(%), pcycles, pcycles(%), count, out KB, three rates, details.
  private static func operatorEntry(_ words: [Substring]) -> Operator? {
    guard words.count > 10, words[0].first == "c", Int(words[0].dropFirst()) != nil,
      let cycles = Int(words[1]), words[2].hasSuffix("%")
    else { return nil }
    return Operator(
      core: String(words[0]), microcycles: cycles, percent: percent(words[2]),
      count: Int(words[5]), writtenKilobytes: Double(words[6]),
      details: words[10...].joined(separator: " "))
  }

  private static func percent(_ word: Substring) -> Double? {
    word.hasSuffix("%") ? Double(word.dropLast()) : nil
  }
}
