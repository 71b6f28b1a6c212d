import Testing

@testable import IsocutRuntime

@Suite struct LaneThreadTests {
  @Test func theNameOfALanesThreadLeadsBackToItsStage() {
    #expect(LaneThread.stage(ofThread: LaneThread.name(stage: 12, lane: 3)) == 12)
    #expect(LaneThread.stage(ofThread: "isocut-probe") == nil)
  }
}
