import Testing

@testable import IsocutSearch

@Suite("Standings of the final turns") struct StandingsTests {
  /// Windows that drift together, as they do when others use the machine.
  private static func windows(_ milliseconds: Double) -> [Double] {
    (0..<8).map { window in
      let drift = 1 + 0.2 * Double(window % 3)
      let noise = 1 + 0.001 * Double((window * 7) % 5)
      return milliseconds * drift * noise
    }
  }

  @Test func aDriftThatAllStagesShareDoesNotHideWhichCutIsFaster() {
    var standings = Standings(stages: [[0, 1], [2, 3]], baseline: 1)
    standings.take([
      0: Self.windows(10), 1: Self.windows(9), 2: Self.windows(10.2), 3: Self.windows(8.8),
    ])
    #expect(standings.best == 0)
    #expect(standings.isDecided)
  }

  @Test func theBaselineIsTakenWhereItIsFaster() {
    var standings = Standings(stages: [[0, 1], [2, 3]], baseline: 1)
    standings.take([
      0: Self.windows(11), 1: Self.windows(9), 2: Self.windows(10), 3: Self.windows(10),
    ])
    #expect(standings.best == 1)
    #expect(standings.isDecided)
  }

  @Test func withoutABaselineOneCutIsDecidedAtOnce() {
    var standings = Standings(stages: [[0, 1]], baseline: nil)
    standings.take([0: Self.windows(10), 1: Self.windows(9)])
    #expect(standings.best == 0)
    #expect(standings.isDecided)
  }

  @Test func slowerCutsLeaveButTheBaselineStays() {
    var standings = Standings(stages: [[0, 1], [2, 3], [4, 5]], baseline: 2)
    standings.take([
      0: Self.windows(10), 1: Self.windows(9), 2: Self.windows(12), 3: Self.windows(8),
      4: Self.windows(14), 5: Self.windows(6),
    ])
    #expect(standings.contenders == [0, 2])
    #expect(standings.stagesToMeasure == [0, 1, 4, 5])
  }

  @Test func cutsWithinNoiseStayAndAreNotDecided() {
    var standings = Standings(stages: [[0, 1], [0, 2], [3, 4]], baseline: 2)
    #expect(standings.stagesToMeasure == [0, 1, 2, 3, 4])
    let noisy = (0..<8).map { 10 + ($0.isMultiple(of: 2) ? 0.1 : -0.1) }
    let other = (0..<8).map { 10 + ($0.isMultiple(of: 2) ? -0.1 : 0.1) }
    standings.take([
      0: Self.windows(5), 1: noisy, 2: other, 3: Self.windows(14), 4: Self.windows(6),
    ])
    #expect(standings.contenders == [0, 1, 2])
    #expect(!standings.isDecided)
    // The shared stage is the bottleneck of both: nothing tells them apart, and either will do.
    var shared = Standings(stages: [[0, 1], [0, 2]], baseline: 1)
    shared.take([0: Self.windows(9), 1: Self.windows(1), 2: Self.windows(2)])
    #expect(shared.best == 0)
  }

  @Test func ofANewCutTheOtherStagesAreMeasuredOnlyIfTheFirstIsNotSlower() {
    var standings = Standings(
      stages: [[0, 1], [2, 3], [4, 5]], openings: [1: 3, 2: 4], baseline: nil)
    #expect(standings.stagesToMeasure == [0, 1, 3, 4])
    standings.take([
      0: Self.windows(10), 1: Self.windows(9), 3: Self.windows(11), 4: Self.windows(9.5),
    ])
    // The third cut looks faster, but nothing is known of its other stage.
    #expect(standings.best == 0 && !standings.isDecided)
    #expect(standings.contenders == [0, 2])
    #expect(standings.stagesToMeasure == [0, 1, 4, 5])
    var slow = standings
    slow.take([
      0: Self.windows(10), 1: Self.windows(9), 4: Self.windows(9.5), 5: Self.windows(12),
    ])
    #expect(slow.best == 0 && slow.isDecided)
    standings.take([
      0: Self.windows(10), 1: Self.windows(9), 4: Self.windows(9.5), 5: Self.windows(9),
    ])
    #expect(standings.best == 2 && standings.isDecided)
  }

  @Test func aStageThatBeganLaterIsComparedInTheWindowsThatBothHave() {
    var standings = Standings(stages: [[0], [1, 2]], openings: [1: 1], baseline: nil)
    standings.take([0: Self.windows(10), 1: Self.windows(10)])
    #expect(standings.contenders == [0, 1])
    // The machine is half as fast from now on.
    standings.take([0: Self.windows(20), 1: Self.windows(18), 2: Self.windows(18)])
    #expect(standings.best == 1)
  }
}
