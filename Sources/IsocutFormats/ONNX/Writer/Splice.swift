/// A file to be written, as pieces: bytes made here, and ranges of files that are copied as they
/// are, without passing through this process.
struct Splice: Sendable {
  enum Piece: Sendable {
    case bytes([UInt8])
    case range(Range<Int>, of: FileIdentity)
  }

  private(set) var pieces: [Piece] = []
  private(set) var byteCount = 0

  mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    byteCount += bytes.count
    if case .bytes(var before)? = pieces.last {
      // Taken out first, so that the bytes before are not copied.
      pieces.removeLast()
      before += bytes
      pieces.append(.bytes(before))
    } else {
      pieces.append(.bytes(bytes))
    }
  }

  /// Appends a range of a file; neighbours become one range.
  mutating func append(_ range: Range<Int>, of file: FileIdentity) {
    guard !range.isEmpty else { return }
    byteCount += range.count
    if case .range(let before, let other)? = pieces.last, before.upperBound == range.lowerBound,
      other == file
    {
      pieces[pieces.count - 1] = .range(before.lowerBound..<range.upperBound, of: file)
    } else {
      pieces.append(.range(range, of: file))
    }
  }

  mutating func append(_ other: Splice) {
    for piece in other.pieces {
      switch piece {
      case .bytes(let bytes): append(bytes)
      case .range(let range, let file): append(range, of: file)
      }
    }
  }

  /// Appends a message as a length-delimited field.
  mutating func append(field number: Int, _ message: Splice) {
    var head = WireWriter()
    head.header(number, byteCount: message.byteCount)
    append(head.bytes)
    append(message)
  }
}
