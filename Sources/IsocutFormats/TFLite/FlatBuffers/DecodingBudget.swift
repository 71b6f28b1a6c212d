/// Bounds what decoding may keep in memory.
///
/// Offsets of a damaged file can let millions of entries share one large table; a sound file's
/// tables do not overlap, so what is decoded from it is never much larger than the file.
struct DecodingBudget {
  private var left: Int

  init(byteCount: Int) { left = byteCount + (32 << 20) }

  mutating func spend(_ byteCount: Int, at position: Int) throws(FlatBufferError) {
    left -= byteCount
    guard left >= 0 else { throw FlatBufferError(problem: .tooLarge, position: position) }
  }

  /// The numbers of a field that is a vector of 32-bit integers.
  mutating func numbers(_ table: FlatTable, _ id: Int) throws(FlatBufferError) -> [Int32] {
    guard let vector = try table.vector(id, width: 4), vector.count > 0 else { return [] }
    try spend(32 + vector.range.count, at: vector.start)
    var numbers: [Int32] = []
    numbers.reserveCapacity(vector.count)
    for index in 0..<vector.count {
      numbers.append(try table.reader.load(Int32.self, at: vector.start + 4 * index))
    }
    return numbers
  }

  mutating func text(_ table: FlatTable, _ id: Int) throws(FlatBufferError) -> String? {
    guard let target = try table.reference(id) else { return nil }
    // Invalid bytes become three each.
    try spend(32 + 3 * (try table.reader.vector(at: target, width: 1).count), at: target)
    return try table.reader.text(at: target)
  }
}
