internal import IsocutGraph

/// One field of a protobuf message, as positions in the file.
struct WireField {
  enum Kind: UInt8 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
  }

  var number: Int
  var kind: Kind
  /// Tag and payload.
  var range: Range<Int>
  /// The bytes after tag and length.
  var payload: Range<Int>
  /// The value of a varint field; zero for others.
  var varint: UInt64

  /// The value of an int64, int32 or enum field.
  var integer: Int { Int(truncatingIfNeeded: varint) }
}

/// What is wrong with the bytes of a message, and at which byte of the file.
struct WireError: Error, Hashable, CustomStringConvertible {
  enum Problem: Hashable {
    /// A field says it is longer than what is left.
    case pastEnd(needed: UInt64, left: Int)
    case endsInsideVarint
    case varintTooLong
    case fieldNumberZero
    case wireType(UInt8)
    case expected(WireField.Kind, number: Int)
    case notUTF8(number: Int)
  }

  var problem: Problem
  var position: Int

  var description: String {
    let what =
      switch problem {
      case .pastEnd(let needed, let left): "a field needs \(needed) bytes where \(left) are left"
      case .endsInsideVarint: "the data end inside a number"
      case .varintTooLong: "a number is longer than 10 bytes"
      case .fieldNumberZero: "a field has number 0"
      case .wireType(let type): "a field has the unknown wire type \(type)"
      case .expected(let kind, let number): "field \(number) is not of wire type \(kind)"
      case .notUTF8(let number): "the text of field \(number) is not UTF-8"
      }
    return "\(what), at byte \(position)"
  }
}

/// Walks the fields of one protobuf message inside a mapped file; every length is checked against
/// the message it stands in, so no read leaves it.
struct WireReader {
  let file: MappedFile
  private(set) var position: Int
  let end: Int

  init(_ file: MappedFile, _ range: Range<Int>) {
    let range = range.clamped(to: 0..<file.bytes.count)
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next field, or nil at the end of the message.
  mutating func next() throws(WireError) -> WireField? {
    guard position < end else { return nil }
    let start = position
    let tag = try varint()
    guard tag >> 3 > 0, tag >> 3 <= 0x1FFF_FFFF else {
      throw WireError(problem: .fieldNumberZero, position: start)
    }
    guard let kind = WireField.Kind(rawValue: UInt8(tag & 7)) else {
      throw WireError(problem: .wireType(UInt8(tag & 7)), position: start)
    }
    var value: UInt64 = 0
    var length = 0
    var payloadStart = position
    switch kind {
    case .varint: value = try varint()
    case .fixed64: length = 8
    case .fixed32: length = 4
    case .bytes:
      let stated = try varint()
      payloadStart = position
      guard stated <= UInt64(end - position) else {
        throw WireError(
          problem: .pastEnd(needed: stated, left: end - position), position: start)
      }
      length = Int(stated)
    }
    guard length <= end - position else {
      throw WireError(
        problem: .pastEnd(needed: UInt64(length), left: end - position), position: start)
    }
    position += length
    return WireField(
      number: Int(tag >> 3), kind: kind, range: start..<position,
      payload: payloadStart..<position, varint: value)
  }

  /// The text of a string field.
  func text(_ field: WireField) throws(WireError) -> String {
    guard field.kind == .bytes else {
      throw WireError(
        problem: .expected(.bytes, number: field.number), position: field.range.lowerBound)
    }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[field.payload])
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw WireError(
        problem: .notUTF8(number: field.number), position: field.range.lowerBound)
    }
    return text
  }

  /// A reader of the message that a field holds.
  func message(_ field: WireField) throws(WireError) -> WireReader {
    guard field.kind == .bytes else {
      throw WireError(
        problem: .expected(.bytes, number: field.number), position: field.range.lowerBound)
    }
    return WireReader(file, field.payload)
  }

  /// The numbers of a repeated integer field, packed or not.
  func integers(_ field: WireField) throws(WireError) -> [Int] {
    switch field.kind {
    case .varint: return [field.integer]
    case .bytes:
      var packed = WireReader(file, field.payload)
      var values: [Int] = []
      while packed.position < packed.end {
        values.append(Int(truncatingIfNeeded: try packed.varint()))
      }
      return values
    case .fixed32, .fixed64:
      throw WireError(
        problem: .expected(.varint, number: field.number), position: field.range.lowerBound)
    }
  }

  /// How many numbers a repeated varint field holds, packed or not, without keeping them.
  func integerCount(_ field: WireField) throws(WireError) -> Int {
    switch field.kind {
    case .varint: return 1
    case .bytes:
      // The last byte of each number is the one without the high bit.
      return file.bytes[field.payload].reduce(0) { $0 + ($1 < 0x80 ? 1 : 0) }
    case .fixed32, .fixed64:
      throw WireError(
        problem: .expected(.varint, number: field.number), position: field.range.lowerBound)
    }
  }

  /// What is still to be read.
  var remaining: Range<Int> { position..<end }

  private mutating func varint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    let start = position
    while true {
      guard position < end else {
        throw WireError(problem: .endsInsideVarint, position: start)
      }
      guard shift < 70 else { throw WireError(problem: .varintTooLong, position: start) }
      let byte = file.bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }
}
