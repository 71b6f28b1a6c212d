/// Builds a FlatBuffers file front to back: a table is written before what it points to, because
/// offsets go forward only.
///
/// Equal input gives equal bytes. The format: https://flatbuffers.dev/internals.
struct FlatWriter {
  private(set) var bytes: [UInt8]
  private var fieldLists: [[UInt8]: Int] = [:]
  private let limit: Int

  /// - Parameters:
  ///   - identifier: four letters.
  ///   - limit: how many bytes may be written; damaged sources could ask for any number.
  init(identifier: StaticString, limit: Int) {
    self.limit = limit
    bytes = [0, 0, 0, 0]
    bytes += UnsafeRawBufferPointer(
      start: identifier.utf8Start, count: identifier.utf8CodeUnitCount)
  }

  /// The place of the offset to the root table.
  static let rootSlot = 0

  /// What a table is written with.
  struct Fields {
    /// Numbers by field: their bytes, little-endian.
    fileprivate var numbers: [(id: Int, bytes: [UInt8])] = []
    fileprivate var references: [Int] = []

    /// Adds a number; one that equals the default need not be added.
    mutating func set<Number: FixedWidthInteger>(_ id: Int, _ number: Number) {
      numbers.append((id, withUnsafeBytes(of: number.littleEndian) { Array($0) }))
    }

    mutating func set(_ id: Int, bytes: some Collection<UInt8>) {
      numbers.append((id, Array(bytes)))
    }

    /// Adds a field that will point to something written later.
    mutating func reserve(_ id: Int) { references.append(id) }
  }

  /// Where a table stands, and where its fields do.
  struct Table {
    let position: Int
    let slots: [Int: Int]
  }

  mutating func table(_ fields: Fields) throws(FlatBufferError) -> Table {
    // Wide fields first, so that only the table's own start needs padding.
    var parts = fields.numbers + fields.references.map { ($0, [0, 0, 0, 0]) }
    parts.sort { ($1.bytes.count, $0.id) < ($0.bytes.count, $1.id) }
    let fieldCount = (parts.map(\.id).max() ?? -1) + 1
    var offsets = [UInt16](repeating: 0, count: fieldCount)
    var size = 4
    for part in parts {
      offsets[part.id] = UInt16(truncatingIfNeeded: size)
      size += part.bytes.count
    }
    let list = fieldList(offsets, tableSize: size)
    // The first field stands 4 bytes behind the start.
    let alignment = max(4, parts.first?.bytes.count ?? 4)
    pad(to: alignment, behind: 4)
    let position = bytes.count
    append(Int32(truncatingIfNeeded: position - list))
    var slots: [Int: Int] = [:]
    for part in parts {
      slots[part.id] = bytes.count
      bytes += part.bytes
    }
    try checkLimit()
    return Table(position: position, slots: slots)
  }

  /// Writes a table of plain numbers as it is; it keeps its alignment.
  mutating func copy(numbersOf table: FlatTable) throws(FlatBufferError) -> Int {
    var offsets: [UInt16] = []
    for id in 0..<table.fieldCount {
      offsets.append(try table.reader.load(UInt16.self, at: table.fields + 4 + 2 * id))
    }
    let list = fieldList(offsets, tableSize: table.size)
    while bytes.count % 8 != table.position % 8 || bytes.count % 4 != 0 && table.position % 4 == 0 {
      bytes.append(0)
    }
    let position = bytes.count
    append(Int32(truncatingIfNeeded: position - list))
    bytes += table.reader.bytes[table.position + 4..<table.position + table.size]
    try checkLimit()
    return position
  }

  /// Writes a vector of plain elements, or a text with its NUL.
  mutating func vector(
    _ contents: some Collection<UInt8>, width: Int, isText: Bool = false
  ) throws(FlatBufferError) -> Int {
    guard contents.count <= limit - bytes.count else {
      throw FlatBufferError(problem: .tooLarge, position: bytes.count)
    }
    pad(to: max(4, width), behind: 4)
    let position = bytes.count
    append(UInt32(truncatingIfNeeded: contents.count / width))
    bytes += contents
    if isText { bytes.append(0) }
    return position
  }

  mutating func vector(_ numbers: [Int32]) throws(FlatBufferError) -> Int {
    try vector(numbers.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }, width: 4)
  }

  mutating func text(_ text: String) throws(FlatBufferError) -> Int {
    try vector(Array(text.utf8), width: 1, isText: true)
  }

  /// Writes a vector of offsets to be pointed later; the first stands 4 bytes behind its start.
  mutating func references(count: Int) throws(FlatBufferError) -> Int {
    try vector(repeatElement(0, count: 4 * count), width: 4)
  }

  /// Lets the offset at a place point to something that stands behind it.
  mutating func point(_ slot: Int?, to target: Int) {
    guard let slot else { return }
    set(UInt32(truncatingIfNeeded: target - slot), at: slot)
  }

  mutating func set<Number: FixedWidthInteger>(_ number: Number, at position: Int) {
    withUnsafeBytes(of: number.littleEndian) {
      bytes.replaceSubrange(position..<position + $0.count, with: $0)
    }
  }

  private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
  }

  private mutating func pad(to alignment: Int, behind offset: Int) {
    while (bytes.count + offset) % alignment != 0 { bytes.append(0) }
  }

  /// Equal lists are written once.
  private mutating func fieldList(_ offsets: [UInt16], tableSize: Int) -> Int {
    let numbers = [UInt16(4 + 2 * offsets.count), UInt16(truncatingIfNeeded: tableSize)] + offsets
    let list = numbers.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    if let known = fieldLists[list] { return known }
    pad(to: 2, behind: 0)
    fieldLists[list] = bytes.count
    bytes += list
    return bytes.count - list.count
  }

  private func checkLimit() throws(FlatBufferError) {
    guard bytes.count <= limit else {
      throw FlatBufferError(problem: .tooLarge, position: bytes.count)
    }
  }
}
