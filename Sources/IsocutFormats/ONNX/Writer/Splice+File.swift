internal import Glibc
internal import IsocutGraph

extension Splice {
  /// Writes the pieces to a file: under a temporary name, moved into place when complete, so that
  /// nothing half-written is ever left. A target that is no regular file is written directly.
  ///
  /// - Throws: `IsocutError` `.cannotCreate` where the file cannot be made, `.inputOutput` where
  ///   writing fails on the way, `.badData` where a source has changed since it was read.
  func write(to path: String) throws {
    let target = try OutputFile(path: path)
    do {
      var source: (file: FileIdentity, descriptor: Int32)?
      defer { if let source { close(source.descriptor) } }
      for piece in pieces {
        switch piece {
        case .bytes(let bytes): try bytes.withUnsafeBytes { try target.write($0) }
        case .range(let range, let file):
          if source?.file != file {
            if let source { close(source.descriptor) }
            source = nil
            source = (file, try file.reopen())
          }
          if let source { try target.copy(range, of: file, source.descriptor) }
        }
      }
      try target.finish()
    } catch {
      target.discard()
      throw error
    }
  }
}

/// A file that is being written by one thread.
private final class OutputFile {
  private let path: String
  private let temporary: String?
  private let descriptor: Int32
  private var isOpen = true

  init(path: String) throws {
    self.path = path
    var status = stat()
    let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    var created = isSpecial ? path : ""
    if isSpecial {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      var attempt: Int32 = -1
      for number in 0..<100 {
        created = "\(path).partial-\(getpid())-\(number)"
        attempt = open(created, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if attempt >= 0 || errno != EEXIST { break }
      }
      descriptor = attempt
    }
    guard descriptor >= 0 else {
      throw IsocutError(cannotCreate: "cannot create \(path)", cause: SystemError.last)
    }
    temporary = isSpecial ? nil : created
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(SystemError.last) }
      rest = rest.dropFirst(count)
    }
  }

  /// Copies a range inside the kernel where it can do that, else through a buffer.
  func copy(_ range: Range<Int>, of file: FileIdentity, _ source: Int32) throws {
    var position = off_t(range.lowerBound)
    while position < range.upperBound {
      let count = sendfile(descriptor, source, &position, range.upperBound - Int(position))
      if count > 0 { continue }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno != EINVAL, errno != ENOSYS, errno != EOVERFLOW {
        throw failure(SystemError.last)
      }
      try file.read(source, Int(position)..<range.upperBound) { try write($0) }
      return
    }
  }

  func finish() throws {
    isOpen = false
    guard close(descriptor) == 0 else { throw failure(SystemError.last) }
    guard let temporary else { return }
    guard rename(temporary, path) == 0 else {
      throw IsocutError(cannotCreate: "cannot create \(path)", cause: SystemError.last)
    }
  }

  func discard() {
    if isOpen { close(descriptor) }
    if let temporary { unlink(temporary) }
  }

  private func failure(_ error: SystemError) -> IsocutError {
    IsocutError(.inputOutput, "cannot write \(path)", cause: error)
  }
}
