/// The end of what a worker wrote to standard error.
struct OutputTail {
  private static let capacity = 16 << 10
  private var bytes: [UInt8] = []

  mutating func append(_ new: some Collection<UInt8>) {
    bytes.append(contentsOf: new)
    if bytes.count > 2 * Self.capacity { bytes.removeFirst(bytes.count - Self.capacity) }
  }

  /// The last lines that are not empty, each cut at 400 characters.
  func lines(_ count: Int = 5) -> [String] {
    String(decoding: bytes.suffix(Self.capacity), as: UTF8.self)
      .split(whereSeparator: \.isNewline).suffix(count).map { String($0.prefix(400)) }
  }
}
