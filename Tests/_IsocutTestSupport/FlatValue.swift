/// A FlatBuffers value made in memory, encoded by code of its own that shares nothing with the reader
/// and the writer under test. The format: https://flatbuffers.dev/internals.
package indirect enum FlatValue {
  case number([UInt8])
  case table([Int: FlatValue])
  /// Plain elements of so many bytes each.
  case vector(width: Int, [UInt8])
  case tables([FlatValue])
  case text(String)

  package static func number(_ number: some FixedWidthInteger) -> FlatValue {
    .number(number.littleEndianBytes)
  }

  package static func numbers(_ numbers: [some FixedWidthInteger]) -> FlatValue {
    .vector(
      width: numbers.first?.littleEndianBytes.count ?? 4, numbers.flatMap(\.littleEndianBytes))
  }

  /// A file with this value as its root.
  ///
  /// - Parameter identifier: four letters.
  package func encoded(identifier: String) -> [UInt8] {
    var file = FlatFile(bytes: [0, 0, 0, 0] + Array(identifier.utf8))
    file.point(0, to: file.append(self))
    return file.bytes
  }
}

private struct FlatFile {
  var bytes: [UInt8]

  /// Writes a value and, behind it, what it points to; the value's position.
  mutating func append(_ value: FlatValue) -> Int {
    switch value {
    case .number(let number):
      bytes += number
      return bytes.count - number.count
    case .table(let fields): return append(table: fields)
    case .vector(let width, let elements):
      return append(vector: elements, count: elements.count / width)
    case .text(let text):
      let position = append(vector: Array(text.utf8), count: text.utf8.count)
      bytes.append(0)
      return position
    case .tables(let tables):
      let position = append(
        vector: Array(repeating: 0, count: 4 * tables.count), count: tables.count)
      for (index, table) in tables.enumerated() {
        point(position + 4 + 4 * index, to: append(table))
      }
      return position
    }
  }

  private mutating func append(table fields: [Int: FlatValue]) -> Int {
    var parts: [(id: Int, bytes: [UInt8], target: FlatValue?)] = fields.map { id, value in
      if case .number(let bytes) = value { (id, bytes, nil) } else { (id, [0, 0, 0, 0], value) }
    }
    // Wide fields first need no padding between them.
    parts.sort { ($1.bytes.count, $0.id) < ($0.bytes.count, $1.id) }
    var places = [UInt16](repeating: 0, count: (fields.keys.max() ?? -1) + 1)
    var size = 4
    for part in parts {
      places[part.id] = UInt16(size)
      size += part.bytes.count
    }
    let list = [UInt16(4 + 2 * places.count), UInt16(size)] + places
    while (bytes.count + 2 * list.count + 4) % 8 != 0 { bytes.append(0) }
    bytes += list.flatMap(\.littleEndianBytes)
    let position = bytes.count
    bytes += Int32(2 * list.count).littleEndianBytes + parts.flatMap(\.bytes)
    for part in parts {
      guard let target = part.target else { continue }
      point(position + Int(places[part.id]), to: append(target))
    }
    return position
  }

  private mutating func append(vector elements: [UInt8], count: Int) -> Int {
    while (bytes.count + 4) % 16 != 0 { bytes.append(0) }
    bytes += UInt32(count).littleEndianBytes + elements
    return bytes.count - elements.count - 4
  }

  mutating func point(_ slot: Int, to target: Int) {
    bytes.replaceSubrange(slot..<slot + 4, with: UInt32(target - slot).littleEndianBytes)
  }
}

extension FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }
}
