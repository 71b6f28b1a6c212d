package import Foundation
internal import Glibc
internal import Synchronization

/// A program that a test runs, with all that it starts.
///
/// Foundation's `Process` sees a program's end only once everything that the program started has ended
/// too: one forgotten grandchild, and the tests hang for ever. Here the program leads a process group
/// that is killed after a limit and, whatever is left of it, at its end.
package final class TestProcess: Sendable {
  /// How it ended: the exit code; minus the signal's number where a signal ended it.
  package typealias ExitCode = Int32

  private let identifier: pid_t
  /// Nil while it may still be signalled: an identifier that was reaped is another process's.
  private let exitCode = Mutex<ExitCode?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - words: its path and its arguments.
  ///   - folder: the working folder; nil for that of the tests.
  ///   - environment: beside that of the tests.
  ///   - output: its standard output; nil for that of the tests. Input is empty.
  ///   - error: its standard error; nil for that of the tests.
  ///   - seconds: it is killed after that long.
  package init(
    _ words: [String], in folder: String? = nil, environment: [String: String] = [:],
    output: FileHandle? = nil, error: FileHandle? = nil, seconds: Double = 300
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    if let output { posix_spawn_file_actions_adddup2(&actions, output.fileDescriptor, 1) }
    if let error { posix_spawn_file_actions_adddup2(&actions, error.fileDescriptor, 2) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var all = sigset_t()
    sigfillset(&all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    let words = (folder.map { ["/usr/bin/env", "-C", $0] } ?? []) + words
    let variables = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    var child: pid_t = 0
    let failure = Self.withCStrings(words) { arguments in
      Self.withCStrings(variables.map { "\($0.key)=\($0.value)" }) { environment in
        posix_spawn(&child, words[0], &actions, &attributes, arguments, environment)
      }
    }
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
    identifier = child
    let watch = Thread { [self] in reap() }
    watch.name = "test process"
    watch.start()
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in self?.kill() }
  }

  /// Runs a program to its end.
  ///
  /// - Returns: how it ended, and its standard output.
  package static func run(
    _ words: [String], in folder: String? = nil, environment: [String: String] = [:]
  ) throws -> (exitCode: ExitCode, output: String) {
    let pipe = Self.pipe()
    let process = try TestProcess(
      words, in: folder, environment: environment, output: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    return (process.wait(), String(decoding: output, as: UTF8.self))
  }

  /// A pipe that no other child of the tests inherits and keeps open.
  package static func pipe() -> Pipe {
    let pipe = Pipe()
    for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
      _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    return pipe
  }

  /// Kills it and what it started.
  package func kill() {
    exitCode.withLock { if $0 == nil { _ = Glibc.kill(-identifier, SIGKILL) } }
  }

  /// Waits for its end, in the calling thread.
  package func wait() -> ExitCode {
    ended.wait()
    ended.signal()
    return exitCode.withLock { $0 ?? -SIGKILL }
  }

  /// Waits for its end without holding a thread of the tests.
  package func end() async -> ExitCode {
    await withCheckedContinuation { continuation in
      let thread = Thread { [self] in continuation.resume(returning: wait()) }
      thread.name = "test process end"
      thread.start()
    }
  }

  private func reap() {
    var information = siginfo_t()
    // It stays a zombie, its identifier its own, until nobody can signal it any more.
    while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    exitCode.withLock { code in
      _ = Glibc.kill(-identifier, SIGKILL)
      var status: Int32 = 0
      waitpid(identifier, &status, 0)
      let signal = status & 0x7f
      code = signal == 0 ? (status >> 8) & 0xff : -signal
    }
    ended.signal()
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
