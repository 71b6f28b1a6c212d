internal import IsocutGraph

/// A file that is ready to be laid out: everything but weights in memory, weights as ranges of the
/// source that are copied as they are.
struct EncodedModel {
  /// Bytes of the source that go behind the head.
  struct Data {
    var range: Range<Int>
    /// The offset that will point to them (32 bits) or, where they lie outside of the FlatBuffer,
    /// their position (64 bits).
    var slots: [Int]
  }

  var head: FlatWriter
  /// Each range once.
  var data: [Data]
  /// True where weights lie behind the FlatBuffer, whose offsets reach 2 GiB only.
  var isOutside: Bool

  /// Where bytes of buffers stand: engines map files and read weights in place.
  static let alignment = 16

  /// The file's pieces in order.
  func splice(of source: FileIdentity, tail: Range<Int>?) -> Splice {
    var head = head
    var position = head.bytes.count
    var pieces: [(padding: Int, count: UInt32?, range: Range<Int>)] = []
    for entry in data {
      // The count stands right before the aligned bytes.
      let lead = isOutside ? 0 : 4
      let start = (position + lead + Self.alignment - 1) / Self.alignment * Self.alignment
      for slot in entry.slots {
        if isOutside {
          head.set(UInt64(start), at: slot)
        } else {
          head.point(slot, to: start - lead)
        }
      }
      pieces.append(
        (
          start - lead - position,
          isOutside ? nil : UInt32(truncatingIfNeeded: entry.range.count), entry.range
        ))
      position = start + entry.range.count
    }
    var splice = Splice()
    splice.append(head.bytes)
    for piece in pieces {
      var bytes = [UInt8](repeating: 0, count: piece.padding)
      if let count = piece.count { withUnsafeBytes(of: count.littleEndian) { bytes += $0 } }
      splice.append(bytes)
      splice.append(piece.range, of: source)
    }
    if let tail { splice.append(tail, of: source) }
    return splice
  }
}
