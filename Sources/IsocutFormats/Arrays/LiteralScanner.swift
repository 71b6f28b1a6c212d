internal import IsocutGraph

/// Reads the few Python literals that headers of `.npy` files consist of.
struct LiteralScanner {
  private var rest: Substring

  init(_ text: String) { rest = Substring(text) }

  var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

  /// Takes `token` if it comes next, spaces before it too.
  mutating func skip(_ token: String) -> Bool {
    rest = rest.drop(while: \.isWhitespace)
    guard rest.hasPrefix(token) else { return false }
    rest = rest.dropFirst(token.count)
    return true
  }

  mutating func expect(_ token: String) throws {
    if !skip(token) {
      throw IsocutError(.badData, "its header has '\(rest.prefix(20))' where '\(token)' must stand")
    }
  }

  /// A quoted string without escapes.
  mutating func string() throws -> String {
    let quote = skip("'") ? "'" : "\""
    if quote == "\"", !skip(quote) {
      throw IsocutError(
        .badData,
        "its header has '\(rest.prefix(20))' where a string must stand (structured types are not read)"
      )
    }
    let content = rest.prefix { String($0) != quote && $0 != "\\" }
    rest = rest.dropFirst(content.count)
    try expect(quote)
    return String(content)
  }

  mutating func boolean() throws -> Bool {
    if skip("True") { return true }
    try expect("False")
    return false
  }

  /// A tuple of sizes: `()`, `(3,)`, `(3, 224, 224)`; Python 2 wrote `3L`.
  mutating func tuple() throws -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !skip(")") {
      rest = rest.drop(while: \.isWhitespace)
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let size = Int(digits) else {
        throw IsocutError(.badData, "its header has '\(rest.prefix(20))' where a size must stand")
      }
      rest = rest.dropFirst(digits.count)
      _ = skip("L")
      sizes.append(size)
      if !skip(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }
}
