internal import Crypto
internal import Glibc
internal import IsocutGraph

extension ONNXFile {
  /// SHA-256 in lower-case hex: of the file or, where weights are kept beside it, of the file
  /// followed by those files in the order of their names.
  ///
  /// Reads in pieces, so the file does not fill the process's memory.
  ///
  /// - Throws: `IsocutError` `.missingInput`, `.inputOutput`, or `.badData` where a file has changed
  ///   since it was opened.
  public func sha256() throws -> String {
    var hash = SHA256()
    try hash.update(mapped.identity, 0..<mapped.identity.byteCount)
    for location in externalFiles {
      guard let file = externals.files[location] else { continue }
      try hash.update(file, 0..<file.byteCount)
    }
    return hash.finalize().hex
  }
}

extension SHA256 {
  /// Adds a range of a file.
  mutating func update(_ file: FileIdentity, _ range: Range<Int>) throws {
    let descriptor = try file.reopen()
    defer { close(descriptor) }
    try file.read(descriptor, range) { update(bufferPointer: $0) }
  }
}

extension SHA256Digest {
  var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension FileIdentity {
  /// Reads a range in pieces of at most 1 MiB.
  ///
  /// - Throws: `IsocutError` `.inputOutput`, or what `body` throws.
  func read(
    _ descriptor: Int32, _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let capacity = min(1 << 20, max(1, range.count))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    defer { buffer.deallocate() }
    var position = range.lowerBound
    while position < range.upperBound {
      let wanted = min(capacity, range.upperBound - position)
      let count = pread(descriptor, buffer.baseAddress, wanted, off_t(position))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw IsocutError(
          .inputOutput, "cannot read \(path) at byte \(position)",
          cause: count < 0 ? SystemError.last : nil)
      }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      position += count
    }
  }
}
