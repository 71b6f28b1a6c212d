import Testing

@testable import IsocutProfile
@testable import IsocutSearch

@Suite("Figures of quiet moments") struct QuietFiguresTests {
  private static let slowdown = QuietSlowdown(seen: 0.03, unseen: 0.01)

  private static func figures(_ medians: [Int: [Double]]) -> QuietFigures {
    var figures = QuietFigures()
    figures.take(medians.mapValues { SeveralStages.Quiet(medians: $0, slowdown: Self.slowdown) })
    return figures
  }

  private static func same(_ value: Double, _ count: Int = 8) -> [Double] {
    Array(repeating: value, count: count)
  }

  @Test func areTakenWhereAllStagesOfBothCutsHaveEnough() throws {
    let quiet = Self.figures([0: Self.same(5), 1: Self.same(4), 2: Self.same(6), 3: Self.same(3)])
    let found = try #require(quiet.figures(of: [0, 1], against: [2, 3]))
    #expect(found.winner.map(\.median) == [5, 4])
    #expect(found.baseline?.map(\.median) == [6, 3])
    #expect(found.slowdown == Self.slowdown)
    let alone = try #require(quiet.figures(of: [0, 1], against: nil))
    #expect(alone.baseline == nil)
  }

  @Test func areLeftWhereOneStageHasTooFewOrNone() {
    let few = Self.figures([0: Self.same(5), 1: Self.same(4, 5), 2: Self.same(6)])
    #expect(few.figures(of: [0, 1], against: nil) == nil)
    #expect(few.figures(of: [0], against: [2, 3]) == nil)
  }

  @Test func neverContradictThePairsOfWindows() {
    let quiet = Self.figures([0: Self.same(5), 1: Self.same(4.9)])
    #expect(quiet.figures(of: [0], against: [1]) == nil)
  }
}
