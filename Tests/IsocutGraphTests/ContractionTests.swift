import IsocutGraph
import Testing

@Suite struct ContractionTests {
  @Test func withoutGroupsUnitsAreTheOperators() {
    let contraction = Contraction(successors: [[1, 2], [3], [3], []], groups: [])
    #expect(contraction.units == [[0], [1], [2], [3]])
  }

  @Test func groupThatClosesACycleTakesTheCycleIn() {
    // 0 -> 1 -> 2 with 0 and 2 tied: 1 lies on the way and must join.
    let contraction = Contraction(successors: [[1], [2], [3], []], groups: [[0, 2]])
    #expect(contraction.units == [[0, 1, 2], [3]])
    #expect(contraction.unitOf == [0, 0, 0, 1])
  }

  @Test func overlappingGroupsJoin() {
    let contraction = Contraction(successors: [[], [], [], []], groups: [[0, 2], [2, 3]])
    #expect(contraction.units == [[0, 2, 3], [1]])
  }

  @Test func longChainsDoNotExhaustTheStack() {
    let count = 200_000
    let successors = (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] }
    #expect(Contraction(successors: successors, groups: [[0, count - 1]]).units.count == 1)
  }
}
