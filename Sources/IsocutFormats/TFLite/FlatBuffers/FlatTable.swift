/// A table: fields by number, each present or at its default.
struct FlatTable {
  let reader: FlatReader
  /// Where the table begins in the file.
  let position: Int
  /// Where its list of fields begins, behind the two sizes excluded.
  let fields: Int
  let fieldCount: Int
  /// Bytes of the table itself.
  let size: Int

  /// Where a field lies; nil where it is absent.
  ///
  /// - Parameter width: bytes of the field inside the table.
  func field(_ id: Int, width: Int) throws(FlatBufferError) -> Int? {
    guard id < fieldCount else { return nil }
    let offset = Int(try reader.load(UInt16.self, at: fields + 4 + 2 * id))
    guard offset != 0 else { return nil }
    guard offset >= 4, offset <= size - width else {
      throw FlatBufferError(problem: .fieldPastTable, position: position)
    }
    return position + offset
  }

  /// The numbers of the fields that are present, ascending.
  func presentFields() throws(FlatBufferError) -> [Int] {
    var present: [Int] = []
    for id in 0..<fieldCount where try reader.load(UInt16.self, at: fields + 4 + 2 * id) != 0 {
      present.append(id)
    }
    return present
  }

  func number<Number: FixedWidthInteger>(
    _ id: Int, _ type: Number.Type, default value: Number = 0
  ) throws(FlatBufferError) -> Number {
    guard let field = try field(id, width: MemoryLayout<Number>.size) else { return value }
    return try reader.load(type, at: field)
  }

  func flag(_ id: Int) throws(FlatBufferError) -> Bool { try number(id, UInt8.self) != 0 }

  /// What a field that is an offset points to.
  func reference(_ id: Int) throws(FlatBufferError) -> Int? {
    guard let field = try field(id, width: 4) else { return nil }
    return try reader.target(ofOffsetAt: field)
  }

  func vector(_ id: Int, width: Int) throws(FlatBufferError) -> FlatVector? {
    guard let target = try reference(id) else { return nil }
    return try reader.vector(at: target, width: width)
  }

  func text(_ id: Int) throws(FlatBufferError) -> String? {
    guard let target = try reference(id) else { return nil }
    return try reader.text(at: target)
  }

  func table(_ id: Int) throws(FlatBufferError) -> FlatTable? {
    guard let target = try reference(id) else { return nil }
    return try reader.table(at: target)
  }

  /// The tables of a vector of tables; `take` runs for each before the next is read.
  func forEachTable(
    _ id: Int, _ take: (FlatTable) throws -> Void
  ) throws {
    guard let vector = try vector(id, width: 4) else { return }
    for index in 0..<vector.count {
      let slot = vector.start + 4 * index
      try take(try reader.table(at: try reader.target(ofOffsetAt: slot)))
    }
  }
}
