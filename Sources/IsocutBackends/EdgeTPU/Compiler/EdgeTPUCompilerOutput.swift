/// What `edgetpu_compiler` printed on standard output.
struct EdgeTPUCompilerOutput: Hashable {
  /// Such as `16.0.384591198`.
  var version: String?
  /// The segments whose reports are whole, in order.
  var segments: [SegmentReport]
  /// Whether the last words are those of success.
  var succeeded: Bool

  init(parsing text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.isEmpty }
    version = lines.lazy.compactMap { $0.after("Edge TPU Compiler version") }.first.map(String.init)
    succeeded = lines.last == "Compilation succeeded!"
    var reports: [[Substring: Substring]] = []
    for line in lines {
      guard let colon = line.firstRange(of: ": ") else { continue }
      let name = line[..<colon.lowerBound]
      if name == "Input model" { reports.append([:]) }
      guard !reports.isEmpty else { continue }
      reports[reports.count - 1][name] = line[colon.upperBound...]
    }
    segments = reports.compactMap(SegmentReport.init)
  }
}

extension SegmentReport {
  /// - Returns: nil where a line is missing that every report has.
  fileprivate init?(_ lines: [Substring: Substring]) {
    func bytes(_ name: Substring) -> Int? { lines[name].flatMap(Self.bytes) }
    guard let output = lines["Output model"],
      let onChip = bytes("On-chip memory used for caching model parameters"),
      let left = bytes("On-chip memory remaining for caching model parameters"),
      let offChip = bytes("Off-chip memory used for streaming uncached model parameters"),
      let operators = lines["Total number of operations"].flatMap({ Int($0) })
    else { return nil }
    self.init(
      outputModel: String(output), onChipBytes: onChip, onChipBytesLeft: left,
      offChipBytes: offChip, operators: operators,
      // Not printed where all operators run on the device.
      operatorsOnCPU: lines["Number of operations that will run on CPU"].flatMap { Int($0) } ?? 0)
  }

  /// Reads a size such as `6.02MiB`.
  static func bytes(_ text: Substring) -> Int? {
    let units = [("KiB", 0x1p10), ("MiB", 0x1p20), ("GiB", 0x1p30), ("B", 1)]
    guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count)), number >= 0, number < 1e6
    else { return nil }
    return Int((number * factor).rounded())
  }
}
