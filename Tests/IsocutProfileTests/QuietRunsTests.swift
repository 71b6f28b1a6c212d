import Foundation
import IsocutBackends
import Testing

@testable import IsocutProfile

@Suite("Quiet runs") struct QuietRunsTests {
  /// Runs of a stage on a core whose neighbour works now and then, with a look after every fourth.
  private static func course(
    quietShare: Double, seed: UInt64 = 1
  ) -> (samples: [Double], slowdown: QuietSlowdown?, end: MeasurementEnd?) {
    var runs = QuietRuns(MeasuringRule.search, slowdown: .infinity)
    var random = SplitMix64(seed: seed)
    var end: MeasurementEnd?
    var elapsed = 0.0
    var isBusy = false
    var count = 0
    while end == nil {
      let noise = Double.random(in: 0.99...1.01, using: &random)
      let time = (isBusy ? 1.3 : 1) * 4 * noise
      elapsed += time * 1e-3
      count += 1
      let isLook = count.isMultiple(of: 4)
      end = runs.add(time, elapsed: elapsed, slowdown: isLook ? (isBusy ? 0.3 : 0.01) : nil)
      if isLook { isBusy = Double.random(in: 0..<1, using: &random) >= quietShare }
    }
    return (runs.samples, runs.slowdown, end)
  }

  @Test("are those between two quiet looks, and no others", arguments: [0.3, 0.5, 0.9])
  func chooses(quietShare: Double) throws {
    let (samples, slowdown, end) = Self.course(quietShare: quietShare)
    let longest = try #require(samples.max())
    #expect(samples.count >= 30 && longest < 4.1)
    #expect(abs(try #require(slowdown).seen - 0.01) < 1e-9)
    #expect(try quietShare > 0.8 || #require(slowdown).unseen > 0)
    #expect(end == .intervalReached)
  }

  @Test("are all where the neighbour never rests, and the time limit ends it")
  func neverQuiet() throws {
    let (samples, slowdown, end) = Self.course(quietShare: 0)
    #expect(slowdown == nil && end == .timeLimit)
    #expect(samples.count > 500)
    #expect(abs(SortedSample(samples).median - 5.2) < 0.05)
  }

  @Test("are not taken from one moment only, however many they are")
  func oneMoment() {
    var runs = QuietRuns(MeasuringRule.search, slowdown: .infinity)
    var end: MeasurementEnd?
    var count = 0
    while end == nil {
      count += 1
      // Looks after every hundredth run; those between the 10th and the 11th are quiet.
      let isQuiet = (1_000...1_100).contains(count)
      end = runs.add(
        isQuiet ? 0.05 : 0.065, elapsed: Double(count) * 6e-4,
        slowdown: count.isMultiple(of: 100) ? (isQuiet ? 0 : 0.3) : nil)
    }
    #expect(runs.slowdown == nil && end == .timeLimit)
    #expect(SortedSample(runs.samples).median == 0.065)
  }

  @Test("are all where everything is quiet, as if nobody looked")
  func alwaysQuiet() {
    var looked = QuietRuns(MeasuringRule.search, slowdown: 0)
    var plain = StopRule(MeasuringRule.search)
    for count in 1...2_000 {
      let time = 1 + 0.01 * Double(count % 7)
      let elapsed = Double(count) * 1e-3
      let end = plain.add(time, elapsed: elapsed)
      #expect(looked.add(time, elapsed: elapsed, slowdown: 0.02) == end)
      if end != nil { break }
    }
    #expect(looked.samples == plain.samples)
    #expect(abs((looked.slowdown?.seen ?? 0) - 0.02) < 0.001)
  }

  @Test(
    "hold unseen what a neighbour adds that comes and goes between looks",
    arguments: [(0.05, 0.9), (0.3, 0.7), (1.0, 0.5), (3.0, 0.3), (20.0, 0.5)])
  func unseen(rate: Double, share: Double) {
    // Changes per distance of two looks, and the share of time without the neighbour, whose work
    // adds 60 %.
    let (comes, goes) = (rate * (1 - share), rate * share)
    var random = SplitMix64(seed: 3)
    var traffic = NeighbourTraffic(limit: 0.08)
    var (isBusy, before) = (false, 0.0)
    var (busy, between) = (0.0, 0.0)
    for _ in 0..<50_000 {
      var (rest, busyTime) = (1.0, 0.0)
      while rest > 0 {
        let wait = -log(Double.random(in: 0.0.nextUp..<1, using: &random)) / (isBusy ? goes : comes)
        if isBusy { busyTime += min(wait, rest) }
        if wait < rest { isBusy.toggle() }
        rest -= wait
      }
      let after = isBusy ? 0.6 : 0.01
      traffic.add(before, after)
      if max(before, after) < 0.08 {
        between += 1
        busy += busyTime
      }
      before = after
    }
    // Where the neighbour changes much faster than one looks, few looks tell how fast.
    #expect(abs(traffic.unseenSlowdown - 0.6 * busy / between) < (rate < 10 ? 0.015 : 0.06))
  }

  @Test("hold no more unseen for a moment in which the core was lost")
  func lostCore() {
    var traffic = NeighbourTraffic(limit: 0.08)
    for _ in 0..<300 { traffic.add(0.01, 0.01) }
    traffic.add(0.01, 200)
    #expect(traffic.unseenSlowdown > 0 && traffic.unseenSlowdown < 0.01)
  }

  @Test("widen an interval below by what was seen and unseen")
  func widensByBoth() {
    let interval = MedianInterval([9, 10, 11])
    var disturbance = Disturbance(lostShare: 0, slowdown: 0.5)
    disturbance.take(QuietSlowdown(seen: 0.05, unseen: 0.2))
    let wide = disturbance.widening(interval)
    #expect(abs(wide.low - interval.low / 1.25) < 1e-12 && wide.high == interval.high)
    #expect(disturbance.isTolerable)
  }

  @Test("hold nothing unseen where no neighbour was seen, or nothing else")
  func nothingUnseen() {
    var traffic = NeighbourTraffic(limit: 0.08)
    #expect(traffic.unseenSlowdown == 0)
    for _ in 0..<10 { traffic.add(0.01, 0.02) }
    #expect(traffic.unseenSlowdown == 0)
    traffic.add(0.02, .infinity)
    #expect(traffic.unseenSlowdown == 0)
    var busy = NeighbourTraffic(limit: 0.08)
    for _ in 0..<10 { busy.add(0.5, 0.5) }
    #expect(busy.unseenSlowdown == 0)
  }

  @Test("an interval allows for the slowdown below, and for nothing above")
  func widens() {
    let interval = MedianInterval([9, 10, 11])
    let wide = Disturbance(lostShare: 0, slowdown: 0.25).widening(interval)
    #expect(wide.low == interval.low / 1.25)
    #expect(wide.median == interval.median && wide.high == interval.high)
  }
}
