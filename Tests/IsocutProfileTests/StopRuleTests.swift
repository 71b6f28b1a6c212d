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
