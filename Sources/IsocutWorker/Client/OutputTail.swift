/// The end of what a worker wrote to standard error.
struct OutputTail {
  private static let capacity = 16 << 10
  private var bytes: [UInt8] = []

  mutating func append(_ new: some Collection<UInt8>) {
    bytes.append(contentsOf: new)
    if bytes.count > 2 * Self.capacity { bytes.removeFirst(bytes.count - Self.capacity) }
  }

  /// The last lines that are not empty, each cut at 400 characters. Calls on the stack are left out:
  /// their addresses differ each time and tell a user nothing.
  func lines(_ count: Int = 5) -> [String] {
    String(decoding: bytes.suffix(Self.capacity), as: UTF8.self)
      .split(whereSeparator: \.isNewline).filter { !Self.isCall($0) }
      .suffix(count).map { String($0.prefix(400)) }
  }

  /// `31 libdispatch.so 0x00007efca4f57088 <unavailable> + 180360`, and ` at 0x…` of other traces.
  private static func isCall(_ line: Substring) -> Bool {
    let words = line.split(separator: " ")
    return words.first.map { $0.allSatisfy { $0.isNumber || $0 == "#" } } == true
      && words.contains { $0.hasPrefix("0x") && $0.count > 8 }
  }
}
