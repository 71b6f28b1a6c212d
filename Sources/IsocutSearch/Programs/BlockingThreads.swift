import Foundation
import Synchronization

/// Work that waits for processes for minutes, in threads of its own: those of tasks are few.
enum BlockingThreads {
  /// Results in the order of the items.
  static func map<Item: Sendable, Output: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) -> Output
  ) -> [Output] {
    let outputs = Mutex([Output?](repeating: nil, count: items.count))
    let finished = DispatchSemaphore(value: 0)
    for (index, item) in items.enumerated() {
      let thread = Thread {
        let output = body(item)
        outputs.withLock { $0[index] = output }
        finished.signal()
      }
      thread.start()
    }
    for _ in items { finished.wait() }
    return outputs.withLock { $0.compactMap { $0 } }
  }
}
