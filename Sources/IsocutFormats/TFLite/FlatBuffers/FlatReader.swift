/// Reads FlatBuffers structures where they lie; every offset and count is checked before use.
///
/// The format: https://flatbuffers.dev/internals. All numbers are little-endian and may stand at
/// any address: real files are not always aligned.
struct FlatReader {
  let bytes: UnsafeRawBufferPointer

  /// The number at a position of the file.
  func load<Number: FixedWidthInteger>(
    _ type: Number.Type, at position: Int
  ) throws(FlatBufferError) -> Number {
    let width = MemoryLayout<Number>.size
    guard position >= 0, position <= bytes.count - width else {
      throw FlatBufferError(problem: .pastEnd, position: position)
    }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
  }

  /// What the forward offset at a position points to.
  func target(ofOffsetAt position: Int) throws(FlatBufferError) -> Int {
    let offset = Int(try load(UInt32.self, at: position))
    guard offset != 0, offset < bytes.count - position else {
      throw FlatBufferError(problem: .pastEnd, position: position)
    }
    return position + offset
  }

  /// The table that the file's first offset points to.
  ///
  /// - Parameter identifier: the four letters behind that offset.
  func root(identifier: StaticString) throws(FlatBufferError) -> FlatTable {
    let wanted = UnsafeRawBufferPointer(
      start: identifier.utf8Start, count: identifier.utf8CodeUnitCount)
    guard bytes.count >= 8, bytes[4..<8].elementsEqual(wanted) else {
      throw FlatBufferError(problem: .wrongIdentifier, position: 4)
    }
    return try table(at: target(ofOffsetAt: 0))
  }

  /// The table at a position, its list of fields checked as a whole.
  func table(at position: Int) throws(FlatBufferError) -> FlatTable {
    let fields = position - Int(try load(Int32.self, at: position))
    let wrong = FlatBufferError(problem: .badVirtualTable, position: position)
    guard fields >= 0, fields <= bytes.count - 4 else { throw wrong }
    let size = Int(try load(UInt16.self, at: fields))
    let tableSize = Int(try load(UInt16.self, at: fields + 2))
    guard size >= 4, size % 2 == 0, size <= bytes.count - fields, tableSize >= 4,
      tableSize <= bytes.count - position
    else { throw wrong }
    return FlatTable(
      reader: self, position: position, fields: fields, fieldCount: (size - 4) / 2, size: tableSize)
  }

  /// The vector at a position, whose elements have `width` bytes each.
  func vector(at position: Int, width: Int) throws(FlatBufferError) -> FlatVector {
    let count = Int(try load(UInt32.self, at: position))
    guard count <= (bytes.count - position - 4) / width else {
      throw FlatBufferError(problem: .pastEnd, position: position)
    }
    return FlatVector(start: position + 4, count: count, width: width)
  }

  /// The text at a position. Bytes that are no UTF-8 are replaced, never refused.
  func text(at position: Int) throws(FlatBufferError) -> String {
    let range = try vector(at: position, width: 1).range
    return String(decoding: bytes[range], as: UTF8.self)
  }
}

/// The elements of a vector, as a place in the file.
struct FlatVector: Hashable, Sendable {
  var start: Int
  var count: Int
  /// Bytes of one element.
  var width: Int

  /// The bytes of all elements.
  var range: Range<Int> { start..<start + count * width }

  static let empty = FlatVector(start: 0, count: 0, width: 1)
}
