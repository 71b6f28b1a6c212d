import CIsocutLinux
import Glibc
import IsocutGraph

/// A file descriptor that is closed once, by its owner or at the end of its life.
final class OwnedDescriptor {
  private(set) var number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close() }

  func close() {
    if number >= 0 { _ = Glibc.close(number) }
    number = -1
  }

  func makeNonBlocking() {
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
  }
}

/// A pipe whose ends no other child process inherits.
struct Pipe {
  let read: OwnedDescriptor
  let write: OwnedDescriptor

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard cisocut_process_pipe(&ends, 0) == 0 else {
      throw IsocutError(.internalError, "cannot make a pipe: \(SystemError.last)")
    }
    read = OwnedDescriptor(ends[0])
    write = OwnedDescriptor(ends[1])
  }
}

/// Wakes a thread that waits in `poll`. Any thread may wake; one clears.
final class WakePipe: Sendable {
  let descriptor: Int32
  private let wakeEnd: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard cisocut_process_pipe(&ends, 1) == 0 else {
      throw IsocutError(.internalError, "cannot make a pipe: \(SystemError.last)")
    }
    (descriptor, wakeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(wakeEnd)
  }

  func wake() {
    var byte: UInt8 = 1
    // A full pipe wakes as well.
    _ = write(wakeEnd, &byte, 1)
  }

  func clear() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(descriptor, &bytes, bytes.count) > 0 {}
  }
}
