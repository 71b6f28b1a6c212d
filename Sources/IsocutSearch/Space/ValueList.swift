import IsocutGraph

/// Values of one parameter as the vendor writes them: `1,2,4,8`, ranges such as `1-4,8,12`.
package enum ValueList {
  /// More values than this in one list are a slip of the keyboard.
  private static let most = 10_000

  /// The values in the order given, each once.
  ///
  /// - Throws: `IsocutError` `.usage` naming the option and the part that is no whole number of at
  ///   least 1 or no ascending range.
  package static func parse(_ text: String, option: String) throws -> [Int] {
    var values: [Int] = []
    var seen: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let bounds = part.split(separator: "-", omittingEmptySubsequences: false)
        .map { word in Int(word.filter { !$0.isWhitespace }) }
      guard (1...2).contains(bounds.count), let low = bounds[0], let high = bounds.last ?? nil,
        low > 0, low <= high
      else {
        throw IsocutError(
          .usage,
          """
          \(option) \(text): '\(part)' is no value; give whole numbers above 0 and ranges \
          separated by commas, such as 1-4,8
          """)
      }
      guard high - low < most, values.count < most else {
        throw IsocutError(.usage, "\(option) \(text) has more than \(most) values")
      }
      for value in low...high where seen.insert(value).inserted { values.append(value) }
    }
    return values
  }
}
