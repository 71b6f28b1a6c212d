/// Reads the few kinds of FlexBuffers values that a compiled operator's options hold: maps from
/// names to numbers and byte strings.
///
/// The format: https://flatbuffers.dev/flexbuffers. Offsets count backwards; a value's type and the
/// width of what it points to are packed into one byte kept beside it.
struct FlexReader {
  private let reader: FlatReader
  private let range: Range<Int>

  struct Value {
    /// Where the value, or the offset to it, stands.
    let position: Int
    /// Bytes of the value itself.
    let width: Int
    let packedType: UInt8

    var kind: UInt8 { packedType >> 2 }
    /// Bytes of each number of what it points to.
    var targetWidth: Int { 1 << Int(packedType & 3) }
  }

  /// - Parameter range: the whole FlexBuffer.
  init(_ reader: FlatReader, _ range: Range<Int>) {
    self.reader = reader
    self.range = range
  }

  func root() throws(FlatBufferError) -> Value {
    guard range.count >= 3 else {
      throw FlatBufferError(problem: .pastEnd, position: range.lowerBound)
    }
    let width = Int(try reader.load(UInt8.self, at: range.upperBound - 1))
    return Value(
      position: range.upperBound - 2 - width, width: width,
      packedType: try reader.load(UInt8.self, at: range.upperBound - 2))
  }

  /// The value of a key; nil where the value is no map or has no such key.
  func value(_ key: String, in map: Value) throws(FlatBufferError) -> Value? {
    guard map.kind == 9 else { return nil }
    let width = map.targetWidth
    let values = try target(of: map)
    let count = try number(at: values - width, width: width)
    let keys = try target(ofOffsetAt: values - 3 * width, width: width)
    let keyWidth = try number(at: values - 2 * width, width: width)
    for index in 0..<count {
      let name = try target(ofOffsetAt: keys + index * keyWidth, width: keyWidth)
      guard try isText(key, at: name) else { continue }
      return Value(
        position: values + index * width, width: width,
        packedType: try reader.load(UInt8.self, at: values + count * width + index))
    }
    return nil
  }

  /// The bytes of a string or blob; nil for another kind.
  func bytes(of value: Value) throws(FlatBufferError) -> Range<Int>? {
    guard value.kind == 5 || value.kind == 25 else { return nil }
    let start = try target(of: value)
    let count = try number(at: start - value.targetWidth, width: value.targetWidth)
    guard count <= range.upperBound - start else {
      throw FlatBufferError(problem: .pastEnd, position: start)
    }
    return start..<start + count
  }

  private func target(of value: Value) throws(FlatBufferError) -> Int {
    try target(ofOffsetAt: value.position, width: value.width)
  }

  private func target(ofOffsetAt position: Int, width: Int) throws(FlatBufferError) -> Int {
    let offset = try number(at: position, width: width)
    guard offset <= position - range.lowerBound else {
      throw FlatBufferError(problem: .pastEnd, position: position)
    }
    return position - offset
  }

  /// An unsigned number, at most the size of the buffer: larger ones mean nothing here.
  private func number(at position: Int, width: Int) throws(FlatBufferError) -> Int {
    guard position >= range.lowerBound, [1, 2, 4, 8].contains(width),
      position <= range.upperBound - width
    else { throw FlatBufferError(problem: .pastEnd, position: position) }
    let number: UInt64 =
      switch width {
      case 1: UInt64(try reader.load(UInt8.self, at: position))
      case 2: UInt64(try reader.load(UInt16.self, at: position))
      case 4: UInt64(try reader.load(UInt32.self, at: position))
      default: try reader.load(UInt64.self, at: position)
      }
    guard number <= UInt64(range.count) else {
      throw FlatBufferError(problem: .tooLarge, position: position)
    }
    return Int(number)
  }

  private func isText(_ text: String, at position: Int) throws(FlatBufferError) -> Bool {
    var place = position
    for byte in text.utf8 {
      guard try reader.load(UInt8.self, at: place) == byte else { return false }
      place += 1
    }
    return try reader.load(UInt8.self, at: place) == 0
  }
}
