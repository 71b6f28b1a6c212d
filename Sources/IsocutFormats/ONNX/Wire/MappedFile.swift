internal import Glibc
internal import IsocutGraph

/// A regular file that is mapped for reading, and what it looked like then.
///
/// `@unchecked Sendable`: the mapping is read-only and owned by this object alone, which unmaps it
/// when the last reference goes.
final class MappedFile: @unchecked Sendable {
  let identity: FileIdentity
  /// The whole file. Valid while this object lives.
  let bytes: UnsafeRawBufferPointer

  /// - Throws: `IsocutError` `.missingInput` where the file cannot be opened or is no regular file,
  ///   `.inputOutput` where it cannot be mapped.
  init(path: String) throws {
    let (descriptor, identity) = try FileIdentity.open(path)
    defer { close(descriptor) }
    self.identity = identity
    guard identity.byteCount > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard
      let base = mmap(nil, identity.byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
      base != MAP_FAILED
    else {
      throw IsocutError(.inputOutput, "cannot map \(path) into memory", cause: SystemError.last)
    }
    bytes = UnsafeRawBufferPointer(start: base, count: identity.byteCount)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }

  /// A copy of a range of the file; the range is clamped to the file.
  func copy(_ range: Range<Int>) -> [UInt8] {
    Array(bytes[range.clamped(to: 0..<bytes.count)])
  }
}

/// A file as it was when it was first seen, so that a later change is noticed and no byte of
/// another file is taken for one of this.
struct FileIdentity: Hashable, Sendable {
  let path: String
  let byteCount: Int
  private let device: UInt
  private let inode: UInt
  private let modifiedSeconds: Int
  private let modifiedNanoseconds: Int

  /// Opens a regular file for reading. The caller closes the descriptor.
  ///
  /// - Throws: `IsocutError` `.missingInput`.
  static func open(_ path: String) throws -> (descriptor: Int32, identity: FileIdentity) {
    // A pipe that nobody writes must not hang the program.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = SystemError.last
      throw IsocutError(
        .missingInput,
        reason.number == ENOENT ? "no such file: \(path)" : "cannot read \(path)",
        cause: reason.number == ENOENT ? nil : reason)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = SystemError.last
      close(descriptor)
      throw IsocutError(.missingInput, "cannot read \(path)", cause: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw IsocutError(
        .missingInput,
        status.st_mode & S_IFMT == S_IFDIR
          ? "\(path) is a folder; give a model file"
          : "\(path) is a pipe or a device; give a regular file")
    }
    return (descriptor, FileIdentity(path: path, status))
  }

  /// Opens the same file again.
  ///
  /// - Throws: `IsocutError` `.missingInput` where it is gone, `.badData` where it has changed.
  func reopen() throws -> Int32 {
    let (descriptor, now) = try Self.open(path)
    guard now == self else {
      close(descriptor)
      throw IsocutError(
        .badData, "\(path) changed while it was being read; run the command again")
    }
    return descriptor
  }

  /// Checks that the file is still what it was.
  ///
  /// - Throws: as `reopen`.
  func checkUnchanged() throws { close(try reopen()) }

  private init(path: String, _ status: stat) {
    self.path = path
    byteCount = Int(status.st_size)
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    modifiedSeconds = status.st_mtim.tv_sec
    modifiedNanoseconds = status.st_mtim.tv_nsec
  }
}
