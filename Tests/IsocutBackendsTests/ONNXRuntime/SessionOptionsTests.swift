import IsocutGraph
import Testing

@testable import IsocutBackends

@Suite struct SessionOptionsTests {
  /// The rival that a user of the plain engine has by default must not run with one thread.
  @Test func noThreadsLeaveTheNumberToTheEngine() {
    #expect(SessionOptions(RunOptions(), Placement(cpus: [], threads: 0)).threads == 0)
    #expect(SessionOptions(RunOptions(), Placement(cpus: [])).threads == 1)
    #expect(SessionOptions(RunOptions(), Placement(cpus: [2, 3])).threads == 2)
  }

  @Test func threadsBesideTheCallersHaveACoreEach() {
    #expect(SessionOptions(RunOptions(), Placement(cpus: [2, 5])).affinities == "6")
    #expect(SessionOptions(RunOptions(), Placement(cpus: [], threads: 0)).affinities == nil)
  }
}
