internal import Glibc
internal import IsocutBackends
internal import IsocutGraph
internal import IsocutRuntime

/// Allocations and copies per item between stages, as a preloaded library counts them.
enum AllocationCount {
  private typealias Read = @convention(c) (UnsafeMutablePointer<Int>) -> Void

  /// Prints the counts and returns the exit code: 0 where an item allocates and copies nothing.
  static func run(cores: [Int]) throws -> Int32 {
    // RTLD_DEFAULT is a null handle.
    guard let symbol = dlsym(nil, "cisocut_counted_calls") else {
      print("the counter is not preloaded; run scripts/count-handoff")
      return 69
    }
    let read = unsafeBitCast(symbol, to: Read.self)
    func sums() -> [Int] {
      var sums = [0, 0, 0, 0]
      read(&sums)
      return sums
    }
    // A counter that sees nothing would prove nothing.
    let planted = try countedRun(items: 10_000, cores: cores, plants: true, sums)
    guard planted.allocations >= 10_000, planted.copies >= 10_000 else {
      print(
        "planted an allocation and a copy per item, and counted \(planted): the counter is blind")
      return 1
    }
    let short = try countedRun(items: 10_000, cores: cores, plants: false, sums)
    let long = try countedRun(items: 210_000, cores: cores, plants: false, sums)
    print("items     allocations  copies")
    print(
      "10000 *        \(planted.allocations)   \(planted.copies)   (* with one of each planted)")
    print("10000          \(short.allocations)   \(short.copies)")
    print("210000         \(long.allocations)   \(long.copies)")
    let isClean = long.allocations <= short.allocations + 8 && long.copies <= short.copies + 8
    print(isClean ? "per item: 0 allocations, 0 copies" : "items allocate or copy")
    return isClean ? 0 : 1
  }

  private static func countedRun(
    items: Int, cores: [Int], plants: Bool, _ sums: () -> [Int]
  ) throws -> (allocations: Int, copies: Int) {
    let pipeline = try HandOff.pipeline(
      milliseconds: [0, 0, 0], cores: cores, plants: plants,
      PipelineOptions(recycles: true, itemLimit: items))
    let before = sums()
    try pipeline.start()
    // Waits for the limit. Asking for counters meanwhile would allocate in this thread.
    pipeline.drain()
    let after = sums()
    return (after[0] - before[0], after[2] - before[2])
  }
}
