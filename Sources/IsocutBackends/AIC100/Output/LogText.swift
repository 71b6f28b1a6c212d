extension Substring {
  /// Without blanks at either end.
  var trimmed: Substring {
    var result = self
    while result.first?.isWhitespace == true { result.removeFirst() }
    while result.last?.isWhitespace == true { result.removeLast() }
    return result
  }

  /// What follows `prefix`, without blanks around it, or nil where the text begins otherwise.
  func after(_ prefix: String) -> Substring? {
    hasPrefix(prefix) ? dropFirst(prefix.count).trimmed : nil
  }
}

/// The last lines of what a tool printed, as one line for an error message.
func lastLines(of text: String, count: Int = 3) -> String {
  let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.isEmpty }
  return lines.isEmpty ? "nothing" : lines.suffix(count).joined(separator: " | ")
}
