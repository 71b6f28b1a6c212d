import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite struct CutPointTests {
  @Test func tensorsThatAreReadLaterCrossEachPointOnce() {
    // x -> 0 -> 1 -> 2, and 2 reads x and the output of 0 as well.
    let graph = Graph.chain(
      operatorCount: 3, skips: [(from: nil, to: 2), (from: 0, to: 2)], bytes: 4)
    let points = graph.cutPoints
    #expect(points.map(\.unitsBefore) == [1, 2])
    #expect(points[0].tensors.map { graph.tensors[$0].name } == ["x", "t0"])
    #expect(points[1].tensors.map { graph.tensors[$0].name } == ["x", "t0", "t1"])
    #expect(points[1].byteCount == 12)
  }

  @Test func noPointDividesATie() {
    var graph = Graph.chain(operatorCount: 4, skips: [], bytes: 4)
    graph.ties = [Graph.Tie(operators: [1, 2], tensor: "t1", reason: "its shape depends on data")]
    #expect(graph.cutPoints.map(\.after) == [0, 2])
  }
}
