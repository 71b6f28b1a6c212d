import Foundation

/// Work that waits for processes for minutes, in a thread of its own: the threads of tasks are few.
package enum BlockingThread {
  package static func run<Result: Sendable>(
    _ name: String, _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let thread = Thread { continuation.resume(with: Swift.Result { try body() }) }
      thread.name = name
      thread.start()
    }
  }
}
