import Testing

@testable import IsocutProfile

@Suite("The stop rule") struct StopRuleTests {
  /// Feeds samples of which each takes as long as it says.
  private func run(
    _ rule: MeasuringRule = .search, _ next: (Int) -> Double
  ) -> (end: MeasurementEnd, count: Int, seconds: Double) {
    var stop = StopRule(rule)
    var seconds = 0.0
    while true {
      let sample = next(stop.samples.count)
      seconds += sample * 1e-3
      if let end = stop.add(sample, elapsed: seconds) { return (end, stop.samples.count, seconds) }
    }
  }

  @Test("asks for 0.3 s, also where the interval is narrow at once")
  func minimumTime() {
    let (end, count, seconds) = run { _ in 1 }
    #expect(end == .intervalReached)
    #expect(seconds >= 0.3 && seconds < 0.31)
    #expect(count >= 300)
  }

  @Test("asks for 30 runs, also where they take longer than 0.3 s")
  func minimumCount() {
    let (end, count, _) = run { _ in 50 }
    #expect(end == .intervalReached && count == 30)
  }

  @Test("goes on until the interval is within 1 %")
  func interval() {
    var noise = Noise(seed: 3)
    let (end, count, seconds) = run { _ in 10 * (1 + 0.05 * noise.normal()) }
    #expect(end == .intervalReached)
    #expect(count > 100 && seconds < 3)
  }

  /// The interval is looked at again and again, and to end on a narrow one is to choose it.
  @Test(
    "what it ends with holds the true median in 93 to 97 % of cases",
    arguments: [(NoiseLaw.normal, 3.0), (.normal, 6), (.skewed, 0.1), (.withOutliers, 3)])
  func coverage(law: NoiseLaw, spread: Double) {
    var noise = Noise(seed: 41)
    let cases = 2000
    var covered = 0
    for _ in 0..<cases {
      let series = law.series(400, &noise)
      var stop = StopRule(.search)
      var seconds = 0.0
      for value in series {
        let sample = max(0.1, 10 + 0.1 * spread * (value - 100))
        seconds += sample * 1e-3
        if stop.add(sample, elapsed: seconds) != nil { break }
      }
      let interval = MedianInterval(stop.samples)
      if interval.low <= 10, 10 <= interval.high { covered += 1 }
    }
    #expect((0.93...0.97).contains(Double(covered) / Double(cases)), "\(covered) of \(cases)")
  }

  @Test("ends after 3 s where the interval stays wide, and after 5 runs where those take longer")
  func maximum() {
    let wide = run { $0 % 2 == 0 ? 10 : 20 }
    #expect(wide.end == .timeLimit)
    #expect(wide.seconds >= 3 && wide.seconds < 3.03)
    let slow = run { _ in 2000 }
    #expect(slow.end == .timeLimit && slow.count == 5)
  }

  @Test("warm-up ends when two windows agree, and at its limit when they never do")
  func warmUp() {
    func warmUp(_ next: (Int) -> Double) -> (count: Int, seconds: Double) {
      var warmUp = WarmUp(maximumSeconds: 1)
      var seconds = 0.0
      while true {
        let sample = next(warmUp.count)
        seconds += sample * 1e-3
        if warmUp.add(sample, elapsed: seconds) { return (warmUp.count, seconds) }
      }
    }
    #expect((20...21).contains(warmUp { _ in 5 }.count))
    let falling = warmUp { 5 + (20 / Double($0 + 1)) }
    #expect(falling.count > 20 && falling.seconds < 1)
    let never = warmUp { 5 * pow(1.05, Double($0 % 60)) }
    #expect(never.seconds >= 1)
    #expect(warmUp { _ in 3000 }.count == 1)
  }

  private func pow(_ base: Double, _ exponent: Double) -> Double {
    (0..<Int(exponent)).reduce(1) { power, _ in power * base }
  }
}
