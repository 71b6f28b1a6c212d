import Foundation
import Testing

@testable import IsocutWorker

@Suite("Frames") struct FrameTests {
  static func bytes(_ message: OutgoingMessage) throws -> [UInt8] {
    var message = message
    var bytes: [UInt8] = []
    while let frame = try message.nextFrame() { bytes += frame }
    return bytes
  }

  static func sample(blobs: [Data]) throws -> [UInt8] {
    try bytes(
      OutgoingMessage(
        kind: .event, verb: 0x1234, id: 0x1122_3344_5566_7788, head: Data("{}".utf8),
        blobs: blobs.map { .bytes($0) }))
  }

  @Test("have the documented layout")
  func layout() throws {
    #expect(
      try Self.sample(blobs: [Data([9, 8])]) == [
        32, 0, 0, 0, 1, 0, 0x34, 0x92, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
        2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D, 9, 8,
      ])
  }

  @Test("come back the same however the stream is chopped", arguments: [1, 3, 17, 100_000])
  func roundTrip(step: Int) throws {
    let blobs = [Data(), Data((0..<40_000).map { UInt8(truncatingIfNeeded: $0) }), Data([1])]
    let stream = try Self.sample(blobs: blobs) + Self.sample(blobs: [])
    var reader = MessageReader()
    var found: [WorkerMessage] = []
    for start in stride(from: 0, to: stream.count, by: step) {
      reader.append(stream[start..<min(start + step, stream.count)])
      while let message = try reader.next() { found.append(message) }
    }
    try reader.finish()
    let expected = WorkerMessage(
      kind: .event, verb: 0x1234, id: 0x1122_3344_5566_7788, head: Data("{}".utf8), blobs: blobs)
    #expect(found.count == 2)
    #expect(found.first == expected)
    #expect(found.last?.blobs == [])
  }

  @Test("of a long blob are continued, each within the limit")
  func continues() throws {
    let blob = Data(repeating: 5, count: 5 * OutgoingMessage.chunk / 2)
    let stream = try Self.sample(blobs: [blob])
    #expect(stream.count > blob.count + 2 * FrameHeader.size)
    var reader = MessageReader()
    reader.append(stream[...])
    #expect(try reader.next()?.blobs == [blob])
  }

  @Test("that end early are truncated, at every length")
  func truncated() throws {
    let stream = try Self.sample(blobs: [Data([1, 2, 3])])
    for length in 1..<stream.count {
      var reader = MessageReader()
      reader.append(stream[..<length])
      #expect(try reader.next() == nil)
      #expect(throws: FrameError.self) { try reader.finish() }
    }
  }

  @Test("that are text, oversize, of another version or contradict themselves are refused")
  func refused() throws {
    func reading(_ bytes: [UInt8]) throws -> WorkerMessage? {
      var reader = MessageReader(maximumBlobBytes: 100)
      reader.append(bytes[...])
      return try reader.next()
    }
    let good = try Self.sample(blobs: [Data([1, 2, 3])])
    #expect(throws: FrameError.notAFrame(beginning: Array("Welcome to Debia".utf8))) {
      try reading(Array("Welcome to Debian GNU/Linux".utf8))
    }
    var version = good
    version[4] = 2
    #expect(throws: FrameError.version(found: 2)) { try reading(version) }
    var oversize = good
    oversize.replaceSubrange(24..<32, with: [101, 0, 0, 0, 0, 0, 0, 0])
    #expect(throws: FrameError.self) { try reading(oversize) }
    oversize.replaceSubrange(24..<32, with: [UInt8](repeating: 0xFF, count: 8))
    #expect(throws: FrameError.self) { try reading(oversize) }
    var manyBlobs = good
    manyBlobs.replaceSubrange(20..<24, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: FrameError.self) { try reading(manyBlobs) }
    var shortBlob = good
    shortBlob[24] = 2
    #expect(throws: FrameError.self) { try reading(shortBlob) }
    var orphan = good
    orphan[7] |= 0x20
    #expect(throws: FrameError.self) { try reading(orphan) }
  }

  @Test("made of noise never crash the reader")
  func noise() {
    var state: UInt64 = 1
    func random() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for _ in 0..<2000 {
      var bytes = (0..<64).map { _ in random() }
      bytes.replaceSubrange(0..<4, with: [random() % 60, 0, 0, 0])
      bytes.replaceSubrange(4..<6, with: [1, 0])
      var reader = MessageReader()
      reader.append(bytes[...])
      while let message = try? reader.next() { _ = message }
    }
  }
}
