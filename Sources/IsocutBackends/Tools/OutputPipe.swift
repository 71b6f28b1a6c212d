import CIsocutLinux
import Glibc
import IsocutGraph

/// A pipe from a child process, read without waiting. Used by one thread.
final class OutputPipe {
  /// Bytes kept. Result lines stand at the end.
  private static let capacity = 4 << 20

  let readEnd: Int32
  private(set) var writeEnd: Int32
  private(set) var isAtEnd = false
  private var bytes: [UInt8] = []

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard cisocut_process_pipe(&ends, 0) == 0 else {
      throw IsocutError(.internalError, "cannot make a pipe: \(SystemError.last)")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    _ = fcntl(readEnd, F_SETFL, fcntl(readEnd, F_GETFL) | O_NONBLOCK)
  }

  deinit {
    close(readEnd)
    closeWriteEnd()
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func closeWriteEnd() {
    if writeEnd >= 0 { close(writeEnd) }
    writeEnd = -1
  }

  /// Takes what is there.
  func read() {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while !isAtEnd {
      let count = Glibc.read(readEnd, &chunk, chunk.count)
      guard count > 0 else {
        isAtEnd = count == 0
        return
      }
      bytes += chunk[..<count]
      if bytes.count > 2 * Self.capacity { bytes.removeFirst(bytes.count - Self.capacity) }
    }
  }
}
