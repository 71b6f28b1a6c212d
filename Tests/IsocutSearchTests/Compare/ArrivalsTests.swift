import Testing

@testable import IsocutSearch

@Suite("Arrivals of an open-loop load") struct ArrivalsTests {
  @Test("at even distances")
  func even() {
    let moments = Arrivals(itemsPerSecond: 4).dueNanoseconds(within: 1.1, atMost: 100)
    #expect(moments == [0, 250_000_000, 500_000_000, 750_000_000, 1_000_000_000])
    #expect(Arrivals(itemsPerSecond: 4).dueNanoseconds(within: 1.1, atMost: 2).count == 2)
  }

  @Test("of a Poisson process: the rate that was asked for, distances of variance 1 / rate squared")
  func poisson() {
    let load = Arrivals(itemsPerSecond: 1000, spacing: .poisson, seed: 5)
    let moments = load.dueNanoseconds(within: 20, atMost: .max)
    // 20,000 are expected; the standard deviation is the square root of it, 141.
    #expect(abs(moments.count - 20_000) < 5 * 141)
    #expect(zip(moments, moments.dropFirst()).allSatisfy { $0 <= $1 })
    let distances = zip(moments.dropFirst(), moments).map { Double($0 - $1) * 1e-6 }
    let mean = distances.reduce(0, +) / Double(distances.count)
    let variance =
      distances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(distances.count)
    #expect(abs(mean - 1) < 0.05 && abs(variance - 1) < 0.1)
    #expect(moments == load.dueNanoseconds(within: 20, atMost: .max), "the seed names them")
    var other = load
    other.seed = 6
    #expect(moments != other.dueNanoseconds(within: 20, atMost: .max))
  }

  @Test("latency counts from when an item was due, and an unanswered one has waited until the end")
  func latencies() {
    let load = ArrivalWindow(arrivals: Arrivals(itemsPerSecond: 100), seconds: 0.03)
    let window = Window(
      load, start: 0, due: [0, 10_000_000, 20_000_000],
      ended: [5_000_000, 40_000_000, nil], end: 100_000_000)
    #expect(window.latencies == [5, 30, 80])
    #expect(window.items == 2 && window.unanswered == 1)
    #expect(abs(window.seconds - 0.04) < 1e-9)
  }

  /// One server, a second for each item's due time; service takes `milliseconds`.
  private func served(_ spacing: Arrivals.Spacing, rate: Double, milliseconds: Double, seed: UInt64)
    -> Window
  {
    let load = ArrivalWindow(
      arrivals: Arrivals(itemsPerSecond: rate, spacing: spacing, seed: seed), seconds: 1)
    var free: Int64 = 0
    let due = load.dueNanoseconds
    let ended = due.map { moment in
      free = max(free, moment) + Int64(milliseconds * 1e6)
      return Optional(free)
    }
    return Window(load, start: 0, due: due, ended: ended, end: 10_000_000_000)
  }

  @Test("overload is seen from a few percent on, and random arrivals that fit are none")
  func fallingBehind() {
    #expect(served(.even, rate: 105, milliseconds: 10, seed: 0).fallsBehind)
    #expect(!served(.even, rate: 99, milliseconds: 10, seed: 0).fallsBehind)
    for seed in 0..<50 as Range<UInt64> {
      #expect(served(.poisson, rate: 200, milliseconds: 10, seed: seed).fallsBehind)
      #expect(!served(.poisson, rate: 50, milliseconds: 10, seed: seed).fallsBehind)
    }
  }
}
