internal import Crypto
internal import Synchronization

/// SHA-256 of the buffers of one file, each computed once. May be used from any thread.
final class BufferDigests: Sendable {
  private let digests = Mutex<[Range<Int>: [UInt8]]>([:])

  /// The SHA-256 of a range of a file.
  ///
  /// - Throws: `IsocutError` `.missingInput`, `.inputOutput`, or `.badData` where the file changed.
  func digest(of range: Range<Int>, in file: FileIdentity) throws -> [UInt8] {
    if let known = digests.withLock({ $0[range] }) { return known }
    // Hashed outside the lock: two threads may do it twice, none waits for a large weight.
    var hash = SHA256()
    try hash.update(file, range)
    let digest = Array(hash.finalize())
    digests.withLock { $0[range] = digest }
    return digest
  }
}
