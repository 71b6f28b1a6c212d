/// Files that are packed behind a model, such as labels: a ZIP archive appended to the FlatBuffer.
enum ZipTail {
  /// The archive's range; nil where none ends the file.
  ///
  /// The format: APPNOTE.TXT 4.3.12 and 4.3.16. Offsets inside may count from the file's start or
  /// from the archive's; the place of the directory tells which.
  static func range(in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
    let reader = FlatReader(bytes: bytes)
    let lastRecord = bytes.count - 22
    guard lastRecord >= 0 else { return nil }
    // The record that ends an archive may be followed by a comment.
    for record in (max(0, lastRecord - 0xffff)...lastRecord).reversed()
    where bytes[record] == 0x50 && isSignature(0x0605_4b50, at: record, reader) {
      guard let comment = try? reader.load(UInt16.self, at: record + 20),
        record + 22 + Int(comment) == bytes.count,
        let size = try? reader.load(UInt32.self, at: record + 12),
        let offset = try? reader.load(UInt32.self, at: record + 16),
        Int(size) + Int(offset) <= record
      else { continue }
      let directory = record - Int(size)
      guard let first = firstEntry(directory..<record, reader) else { return nil }
      let start = directory - Int(offset) + first
      guard start >= 0, start < directory, isSignature(0x0403_4b50, at: start, reader) else {
        return nil
      }
      return start..<bytes.count
    }
    return nil
  }

  /// The smallest offset of a packed file that the directory names.
  private static func firstEntry(_ directory: Range<Int>, _ reader: FlatReader) -> Int? {
    var first: Int?
    var position = directory.lowerBound
    while position + 46 <= directory.upperBound, isSignature(0x0201_4b50, at: position, reader) {
      guard let name = try? reader.load(UInt16.self, at: position + 28),
        let extra = try? reader.load(UInt16.self, at: position + 30),
        let comment = try? reader.load(UInt16.self, at: position + 32),
        let offset = try? reader.load(UInt32.self, at: position + 42)
      else { return nil }
      first = min(first ?? Int.max, Int(offset))
      position += 46 + Int(name) + Int(extra) + Int(comment)
    }
    return first
  }

  private static func isSignature(
    _ signature: UInt32, at position: Int, _ reader: FlatReader
  ) -> Bool {
    (try? reader.load(UInt32.self, at: position)) == signature
  }
}
