internal import Glibc
internal import IsocutBackends

/// The plain way to hand over: a mutex, a condition, a bounded queue of four.
enum ConditionRival {
  /// Shared by both threads under `mutex`. `@unchecked Sendable`: that mutex is the lock.
  private final class Queue: @unchecked Sendable {
    private var mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var ends: [Int64] = []

    init() {
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(changed, nil)
      ends.reserveCapacity(8)
    }

    deinit {
      pthread_cond_destroy(changed)
      pthread_mutex_destroy(mutex)
      changed.deallocate()
      mutex.deallocate()
    }

    func put(_ end: Int64) {
      pthread_mutex_lock(mutex)
      while ends.count == 4 { pthread_cond_wait(changed, mutex) }
      ends.append(end)
      pthread_cond_signal(changed)
      pthread_mutex_unlock(mutex)
    }

    /// The oldest entry, and whether the caller had to wait for it.
    func take() -> (end: Int64, waited: Bool) {
      pthread_mutex_lock(mutex)
      var waited = false
      while ends.isEmpty {
        waited = true
        pthread_cond_wait(changed, mutex)
      }
      let end = ends.removeFirst()
      pthread_cond_signal(changed)
      pthread_mutex_unlock(mutex)
      return (end, waited)
    }
  }

  private final class Producer: Sendable {
    let queue: Queue
    let count: Int
    let nanoseconds: Int64
    let core: Int?

    init(_ queue: Queue, count: Int, nanoseconds: Int64, core: Int?) {
      self.queue = queue
      self.count = count
      self.nanoseconds = nanoseconds
      self.core = core
    }

    func run() {
      // A core that may not be used leaves the thread where it is; the first pipeline says so.
      try? CPUAffinity.withCurrentThreadPinned(to: core.map { [$0] } ?? []) {
        for _ in 0..<count {
          let end = now() + nanoseconds
          while now() < end {}
          queue.put(now())
        }
      }
    }
  }

  /// Microseconds from the producer's end to the consumer's begin, where the consumer waited.
  static func latencies(stage: Double, cores: [Int]) throws -> [Double] {
    let count = max(200, min(4000, Int(400 / stage)))
    let queue = Queue()
    let producer = Producer(
      queue, count: count, nanoseconds: Int64(stage * 1e6), core: cores.first)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Producer>.fromOpaque(argument).takeUnretainedValue().run() }
        return nil
      }, Unmanaged.passUnretained(producer).toOpaque())
    defer { pthread_join(thread, nil) }
    var latencies: [Double] = []
    latencies.reserveCapacity(count)
    try CPUAffinity.withCurrentThreadPinned(to: Array(cores.suffix(1))) {
      for item in 0..<count {
        let (end, waited) = queue.take()
        let start = now()
        if waited, item > count / 10 { latencies.append(Double(start - end) / 1000) }
        let ready = now() + Int64(stage * 0.95e6)
        while now() < ready {}
      }
    }
    return latencies
  }
}
