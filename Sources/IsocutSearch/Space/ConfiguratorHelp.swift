extension ConfiguratorOption {
  /// The options as a help text lists them; those that are only refused are left out.
  package static var help: String {
    all.filter { !$0.summary.isEmpty }.map(\.helpLines).joined(separator: "\n")
  }

  /// Where summaries begin; an option that is longer has its summary on the next line.
  private static let summaryColumn = 30
  /// Terminals are at least so wide.
  private static let width = 79

  private var helpLines: String {
    let name = "  -" + name + (placeholder.map { " " + $0 } ?? "")
    let older = aliases.isEmpty ? "" : " Older: " + aliases.map { "-" + $0 }.joined(separator: " ")
    let indent = String(repeating: " ", count: Self.summaryColumn)
    var lines =
      name.count + 2 > Self.summaryColumn ? [name, indent] : [name + indent.dropFirst(name.count)]
    for word in (summary + older).split(separator: " ") {
      let isFirst = lines[lines.count - 1].count == Self.summaryColumn
      if !isFirst, lines[lines.count - 1].count + 1 + word.count > Self.width {
        lines.append(indent + word)
      } else {
        lines[lines.count - 1] += (isFirst ? "" : " ") + word
      }
    }
    return lines.joined(separator: "\n")
  }
}
