import Foundation
import Glibc
import IsocutGraph

/// A message being sent: gives its frames one after the other, so that a long blob is never in
/// memory as a whole.
struct OutgoingMessage {
  /// Raw bytes in one frame; small enough that a slow link shows progress.
  static let chunk = 1 << 20

  private let kind: MessageKind
  private let verb: UInt16
  private let id: UInt64
  private let head: Data
  private let sources: [Source]
  private var position = (source: 0, offset: 0)
  private var isBegun = false

  private struct Source {
    var blob: WorkerBlob
    var size: Int
    var file: OpenFile?
  }

  /// Opens the files among the blobs.
  ///
  /// - Throws: `IsocutError` `.missingInput` for a file that cannot be opened, `.internalError` for a
  ///   head too long for one frame.
  init(
    kind: MessageKind, verb: UInt16, id: UInt64, head: Data, blobs: [WorkerBlob] = []
  ) throws {
    guard head.count + blobs.count * 8 + 64 <= FrameHeader.maximumLength - Self.chunk else {
      throw IsocutError(
        .internalError, "a message head of \(head.count) bytes does not fit into one frame")
    }
    self.kind = kind
    self.verb = verb
    self.id = id
    self.head = head
    sources = try blobs.map { blob in
      switch blob {
      case .bytes(let data): return Source(blob: blob, size: data.count, file: nil)
      case .file(let path):
        let file = try OpenFile(path)
        return Source(blob: blob, size: file.size, file: file)
      }
    }
  }

  /// The next frame, or nil after the last.
  ///
  /// - Throws: `IsocutError` `.inputOutput` where a file cannot be read or became shorter.
  mutating func nextFrame() throws -> [UInt8]? {
    let left = remaining
    if isBegun, left == 0 { return nil }
    let raw = min(left, Self.chunk)
    var frame: [UInt8] = []
    if isBegun {
      frame.reserveCapacity(FrameHeader.size + raw)
      FrameHeader(payload: raw, verb: verb, isContinuation: true, kind: kind, id: id)
        .append(to: &frame)
    } else {
      isBegun = true
      let payload = 8 + 8 * sources.count + head.count + raw
      frame.reserveCapacity(FrameHeader.size + payload)
      FrameHeader(payload: payload, verb: verb, isContinuation: false, kind: kind, id: id)
        .append(to: &frame)
      frame.append(littleEndian: UInt32(head.count))
      frame.append(littleEndian: UInt32(sources.count))
      for source in sources { frame.append(littleEndian: UInt64(source.size)) }
      head.withUnsafeBytes { frame.append(contentsOf: $0) }
    }
    try appendRaw(raw, to: &frame)
    return frame
  }

  private var remaining: Int {
    sources.dropFirst(position.source).reduce(0) { $0 + $1.size } - position.offset
  }

  private mutating func appendRaw(_ count: Int, to frame: inout [UInt8]) throws {
    var left = count
    while left > 0 {
      let source = sources[position.source]
      let part = min(left, source.size - position.offset)
      if part > 0 {
        switch (source.blob, source.file) {
        case (.bytes(let data), _):
          data.withUnsafeBytes {
            frame.append(contentsOf: $0[position.offset..<(position.offset + part)])
          }
        case (.file, let file?):
          try file.append(part, at: position.offset, to: &frame)
        case (.file, nil): break
        }
        left -= part
        position.offset += part
      }
      if position.offset == source.size { position = (position.source + 1, 0) }
    }
  }
}

/// A file opened for reading, closed when the last reference goes.
private final class OpenFile {
  let path: String
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw IsocutError(.missingInput, "cannot open \(path): \(SystemError.last)")
    }
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  deinit { close(descriptor) }

  func append(_ count: Int, at offset: Int, to bytes: inout [UInt8]) throws {
    var done = 0
    while done < count {
      var got = 0
      // Zeros to read over would take longer than the reading.
      let part = [UInt8](unsafeUninitializedCapacity: count - done) { part, filled in
        got = pread(descriptor, part.baseAddress, part.count, off_t(offset + done))
        filled = max(0, got)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else {
        let reason = got < 0 ? SystemError.last.description : "it became shorter while it was sent"
        throw IsocutError(.inputOutput, "cannot read \(path): \(reason)")
      }
      bytes += part
      done += got
    }
  }
}
