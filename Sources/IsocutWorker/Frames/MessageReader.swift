import Foundation

/// Puts messages together from bytes as they come: a pure value, fed by whoever reads.
struct MessageReader {
  private var buffer: [UInt8] = []
  private var start = 0
  private var partial: Partial?

  /// A message whose blobs are not complete.
  private struct Partial {
    var message: WorkerMessage
    var sizes: [Int]
    var missing: Int
  }

  /// Blobs of one message, in bytes; a message that claims more is refused.
  private let maximumBlobBytes: Int

  init(maximumBlobBytes: Int = 1 << 36) {
    self.maximumBlobBytes = maximumBlobBytes
  }

  mutating func append(_ bytes: ArraySlice<UInt8>) {
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      start = 0
    } else if start > 1 << 16, start > buffer.count / 2 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next complete message, or nil where more bytes are needed.
  ///
  /// - Throws: `FrameError`; the stream cannot be read further then.
  mutating func next() throws(FrameError) -> WorkerMessage? {
    while let header = try nextHeader() {
      guard buffer.count - start - FrameHeader.size >= header.payload else { return nil }
      let payload = (start + FrameHeader.size)..<(start + FrameHeader.size + header.payload)
      start = payload.upperBound
      if let message = try take(header, payload) { return message }
    }
    return nil
  }

  /// Says whether the stream may end here.
  ///
  /// - Throws: `FrameError.truncated` inside a message.
  func finish() throws(FrameError) {
    if let partial { throw .truncated(missing: partial.missing) }
    let rest = buffer.count - start
    guard rest > 0 else { return }
    guard let header = try nextHeader() else { throw .truncated(missing: FrameHeader.size - rest) }
    throw .truncated(missing: header.payload + FrameHeader.size - rest)
  }

  private func nextHeader() throws(FrameError) -> FrameHeader? {
    guard buffer.count - start >= FrameHeader.size else { return nil }
    let result = buffer[start...].withUnsafeBytes { bytes -> Result<FrameHeader, FrameError> in
      do throws(FrameError) { return .success(try FrameHeader(bytes)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private mutating func take(
    _ header: FrameHeader, _ payload: Range<Int>
  ) throws(FrameError) -> WorkerMessage? {
    var raw = payload
    if header.isContinuation {
      guard let partial, header.id == partial.message.id, header.verb == partial.message.verb,
        header.kind == partial.message.kind
      else { throw .malformed("a continuation of a message that was not begun") }
    } else {
      guard partial == nil else { throw .malformed("a message inside another one") }
      partial = try begin(header, &raw)
    }
    try fill(raw)
    guard let done = partial, done.missing == 0 else { return nil }
    partial = nil
    return done.message
  }

  private func begin(
    _ header: FrameHeader, _ payload: inout Range<Int>
  ) throws(FrameError) -> Partial {
    guard payload.count >= 8 else { throw .malformed("no head") }
    let (headLength, blobCount) = buffer[payload].withUnsafeBytes {
      (
        Int($0.littleEndian(at: 0, as: UInt32.self)), Int($0.littleEndian(at: 4, as: UInt32.self))
      )
    }
    let fixed = 8 + 8 * blobCount
    guard fixed + headLength <= payload.count else {
      throw .malformed("head and blob sizes are longer than the frame")
    }
    let sizes = buffer[payload].withUnsafeBytes { bytes in
      (0..<blobCount).map { bytes.littleEndian(at: 8 + 8 * $0, as: UInt64.self) }
    }
    var missing = 0
    for size in sizes {
      guard size <= UInt64(maximumBlobBytes), missing + Int(size) <= maximumBlobBytes else {
        throw .malformed("blobs of more than \(maximumBlobBytes) bytes")
      }
      missing += Int(size)
    }
    let head = (payload.lowerBound + fixed)..<(payload.lowerBound + fixed + headLength)
    payload = head.upperBound..<payload.upperBound
    return Partial(
      message: WorkerMessage(
        kind: header.kind, verb: header.verb, id: header.id, head: Data(buffer[head]),
        blobs: sizes.map { _ in Data() }),
      sizes: sizes.map(Int.init), missing: missing)
  }

  private mutating func fill(_ raw: Range<Int>) throws(FrameError) {
    guard var partial else { return }
    self.partial = nil  // so that the data below is not shared and copied
    guard raw.count <= partial.missing else { throw .malformed("more bytes than its blobs have") }
    var raw = raw
    for index in partial.sizes.indices where !raw.isEmpty {
      let part = min(raw.count, partial.sizes[index] - partial.message.blobs[index].count)
      guard part > 0 else { continue }
      buffer[raw.prefix(part)].withUnsafeBytes {
        partial.message.blobs[index].append(contentsOf: $0)
      }
      raw = raw.dropFirst(part)
      partial.missing -= part
    }
    self.partial = partial
  }
}
