/// Bytes that are not the protocol's.
package enum FrameError: Error, Hashable, CustomStringConvertible {
  /// The length cannot be one; mostly text that some library or a log-in script printed.
  case notAFrame(beginning: [UInt8])
  case version(found: UInt16)
  /// The fields contradict each other.
  case malformed(String)
  /// The stream ended inside a message.
  case truncated(missing: Int)

  package var description: String {
    switch self {
    case .notAFrame(let bytes):
      let printable = bytes.map { 32..<127 ~= $0 ? $0 : UInt8(ascii: ".") }
      let text = String(decoding: printable, as: UTF8.self)
      return "bytes that are no frame, beginning with \"\(text)\""
    case .version(let found):
      return "protocol version \(found), while this isocut speaks \(FrameHeader.protocolVersion)"
    case .malformed(let what): return "a malformed frame: \(what)"
    case .truncated(let missing): return "an end inside a message, \(missing) bytes too early"
    }
  }
}
