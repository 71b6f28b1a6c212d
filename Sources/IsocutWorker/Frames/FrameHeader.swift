/// The fixed fields in front of each frame.
///
/// A *message* is one frame, or several where its raw bytes are long. All numbers are little-endian:
///
///     offset  size  field
///          0     4  length: bytes that follow this field, 12 to `maximumLength`
///          4     2  version of the protocol
///          6     2  verb: bits 0-12 its number, bit 13 continuation, bits 14-15 the kind
///                   (0 request, 1 reply, 2 event, 3 failure)
///          8     8  request id, chosen by the parent; all answers carry it
///     in a message's first frame:
///         16     4  head length h
///         20     4  number of blobs b
///         24   8 b  size of each blob
///     24 + 8 b   h  head: JSON, UTF-8
///      then         the blobs' bytes, one after the other, as far as this frame holds them
///     in continuations (same verb, same id):
///         16        more of the blobs' bytes
///
/// A message ends when its blobs are complete; frames of two messages are never mixed.
package struct FrameHeader: Hashable, Sendable {
  /// Rises when a reader of older frames would be wrong.
  package static let protocolVersion: UInt16 = 1
  /// The largest accepted value of the length field; more is taken for garbage.
  package static let maximumLength = 32 << 20
  /// Bytes of the length field and the header together.
  package static let size = 16
  static let verbMask: UInt16 = 0x1FFF
  private static let continuationBit: UInt16 = 0x2000

  var length: Int
  var version: UInt16
  var verb: UInt16
  var isContinuation: Bool
  var kind: MessageKind
  var id: UInt64

  init(payload: Int, verb: UInt16, isContinuation: Bool, kind: MessageKind, id: UInt64) {
    length = payload + Self.size - 4
    version = Self.protocolVersion
    self.verb = verb & Self.verbMask
    self.isContinuation = isContinuation
    self.kind = kind
    self.id = id
  }

  /// Reads a header.
  ///
  /// - Throws: `FrameError` where the bytes cannot begin a frame of this protocol.
  init(_ bytes: UnsafeRawBufferPointer) throws(FrameError) {
    length = Int(bytes.littleEndian(at: 0, as: UInt32.self))
    version = bytes.littleEndian(at: 4, as: UInt16.self)
    let word = bytes.littleEndian(at: 6, as: UInt16.self)
    verb = word & Self.verbMask
    isContinuation = word & Self.continuationBit != 0
    kind = MessageKind(rawValue: word >> 14) ?? .request
    id = bytes.littleEndian(at: 8, as: UInt64.self)
    guard length >= Self.size - 4, length <= Self.maximumLength else {
      throw .notAFrame(beginning: Array(bytes.prefix(Self.size)))
    }
    guard version == Self.protocolVersion else { throw .version(found: version) }
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt32(length))
    bytes.append(littleEndian: version)
    bytes.append(
      littleEndian: verb | (isContinuation ? Self.continuationBit : 0) | (kind.rawValue << 14))
    bytes.append(littleEndian: id)
  }

  /// Bytes after the header.
  var payload: Int { length - (Self.size - 4) }
}

extension UnsafeRawBufferPointer {
  func littleEndian<Value: FixedWidthInteger>(at offset: Int, as: Value.Type) -> Value {
    Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
  }
}

extension [UInt8] {
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
