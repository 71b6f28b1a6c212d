/// A list as the vendor's Python tools print it: `[4, 4, 4, 3]`, or `[]`.
package struct BracketedList: Hashable, Sendable, CustomStringConvertible {
  package var numbers: [Int]

  package init(_ numbers: [Int] = []) { self.numbers = numbers }

  /// Reads `[1, 4]`, `1,4` or `1`; anything else is empty.
  package init(parsing text: String) {
    let inner = text.filter { !$0.isWhitespace && $0 != "[" && $0 != "]" }
    let parts = inner.split(separator: ",").map { Int($0) }
    numbers = parts.contains(nil) ? [] : parts.compactMap { $0 }
  }

  package var description: String {
    "[" + numbers.map(String.init).joined(separator: ", ") + "]"
  }

  /// The words of a printed table's line, split at blanks outside brackets and parentheses.
  package static func words(of line: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var depth = 0
    for character in line {
      if character.isWhitespace, depth == 0 {
        if !word.isEmpty { words.append(word) }
        word = ""
        continue
      }
      if character == "[" || character == "(" { depth += 1 }
      if character == "]" || character == ")" { depth = max(0, depth - 1) }
      word.append(character)
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
