import Foundation
import Testing

@testable import IsocutProfile

/// A small generator with a seed (SplitMix64), and laws of noise.
struct Noise: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
  }
}

enum NoiseLaw: CaseIterable, Sendable {
  case normal, skewed, withOutliers, dependent

  /// A series whose law has the median 100.
  func series(_ count: Int, _ noise: inout Noise) -> [Double] {
    switch self {
    case .normal: return (0..<count).map { _ in 100 + noise.normal() }
    case .skewed: return (0..<count).map { _ in 100 * exp(0.5 * noise.normal()) }
    case .withOutliers:
      return (0..<count).map { _ in
        let value = 100 + noise.normal()
        // As many far above as pulled far below, so that the median stays where it is.
        let u = noise.uniform()
        return u < 0.04 ? value + 300 * noise.uniform() : u < 0.08 ? value - 50 : value
      }
    case .dependent:
      var level = noise.normal()
      let keep = 0.6
      return (0..<count).map { _ in
        level = keep * level + (1 - keep * keep).squareRoot() * noise.normal()
        return 100 + level
      }
    }
  }
}

@Suite("Statistics") struct StatisticsTests {
  @Test("percentiles are by nearest rank, the median by the middle")
  func percentiles() {
    let sample = SortedSample([15, 20, 35, 40, 50].shuffled())
    #expect([5, 30, 40, 50, 100].map(sample.percentile) == [15, 20, 20, 35, 50])
    #expect(sample.median == 35)
    #expect(SortedSample([1, 2, 3, 10]).median == 2.5)
    #expect(SortedSample([]).median.isNaN)
    #expect(SortedSample([7]).percentile(99) == 7)
  }

  @Test("few values give the whole range and say how little that is worth")
  func small() {
    let five = MedianInterval([3, 1, 2, 5, 4])
    #expect(five.low == 1 && five.high == 5)
    #expect(abs(five.confidence - 0.9375) < 1e-12)
    let one = MedianInterval([3])
    #expect(one.low == 3 && one.high == 3 && one.confidence == 0)
    #expect(MedianInterval([]).median.isNaN)
    let six = MedianInterval([3, 1, 2, 5, 4, 6])
    #expect(six.low > 1 && six.low < 2 && six.confidence == 0.95)
  }

  @Test("the normal law's quantile is right to twelve digits")
  func quantile() {
    #expect(abs(Normal.quantile(0.975) - 1.959963984540054) < 1e-12)
    #expect(abs(Normal.quantile(0.5)) < 1e-12)
  }

  @Test(
    "95 % intervals hold the true median in 93 to 97 % of cases",
    arguments: NoiseLaw.allCases, [8, 31, 120])
  func coverage(law: NoiseLaw, count: Int) {
    // Dependence cannot be estimated from eight or thirty values.
    guard law != .dependent || count > 100 else { return }
    var noise = Noise(seed: UInt64(count) &* 77)
    let cases = 2000
    var covered = 0
    for _ in 0..<cases {
      let interval = MedianInterval(law.series(law == .dependent ? 400 : count, &noise))
      if interval.low <= 100, 100 <= interval.high { covered += 1 }
    }
    let share = Double(covered) / Double(cases)
    #expect((0.93...0.97).contains(share))
  }

  @Test("candidates that are equal are within noise in 93 to 97 % of cases, a slower one is found")
  func comparison() {
    var noise = Noise(seed: 5)
    var same = 0
    var found = 0
    for _ in 0..<1000 {
      let drift = (0..<20).map { _ in 1 + 0.2 * noise.uniform() }
      let first = drift.map { $0 * (100 + noise.normal()) }
      let second = drift.map { $0 * (100 + noise.normal()) }
      if PairedComparison(first: first, second: second).verdict == .withinNoise { same += 1 }
      let slower = PairedComparison(first: first, second: second.map { $0 * 1.03 })
      if slower.verdict == .firstIsFaster { found += 1 }
    }
    #expect((930...975).contains(same))
    #expect(found > 990)
    #expect(PairedComparison(first: [1, 1], second: [9, 9]).verdict == .withinNoise)
  }

  @Test("outliers are counted and explained only when there are many")
  func outliers() {
    let quiet = SortedSample((0..<100).map { 10 + Double($0 % 7) / 10 })
    #expect(OutlierReport(quiet).count == 0)
    #expect(OutlierReport(quiet).warning(of: 100) == nil)
    let noisy = SortedSample(quiet.values.dropLast(10) + (0..<10).map { 30 + Double($0) })
    #expect(OutlierReport(noisy).count == 10)
    #expect(OutlierReport(noisy).warning(of: 100)?.contains("10 of 100") == true)
  }
}
