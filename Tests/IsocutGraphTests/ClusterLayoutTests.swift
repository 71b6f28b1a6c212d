import IsocutGraph
import Testing

@Suite struct ClusterLayoutTests {
  @Test func equalGroupsAreTheDefault() throws {
    let layout = try ClusterLayout(cpus: [0, 1, 2, 3], stageCount: 2, clusterSizes: nil, mos: nil)
    #expect(layout.devices.map(\.cpus) == [[0, 1], [2, 3]])
    #expect(layout.devices.map(\.mos) == [2, 2])
    #expect(layout.devices.map(\.lanes) == [1, 1])
    #expect(!layout.sharesCores)
  }

  @Test func moreStagesThanCoresShareThemInOrder() throws {
    let layout = try ClusterLayout(cpus: [0, 1], stageCount: 3, clusterSizes: nil, mos: nil)
    #expect(layout.devices.map(\.cpus) == [[0], [0], [1]])
    #expect(layout.sharesCores)
  }

  @Test func mosSplitsAClusterIntoLanes() throws {
    let layout = try ClusterLayout(
      cpus: [4, 5, 6, 7, 8, 9], stageCount: 2, clusterSizes: [4, 2], mos: [2, 1])
    #expect(layout.devices[0].lanes == 2)
    #expect(layout.devices[0].cpus(ofLane: 1) == [6, 7])
    #expect(layout.devices[1].cpus(ofLane: 1) == [9])
    #expect(layout.devices[0].speedKind != layout.devices[1].speedKind)
  }

  @Test(
    arguments: [
      ([1, 1, 1], nil, "--cluster-sizes names 3 clusters for 2 stages"),
      ([2, 1], nil, "clusters of 2 + 1 cores need 3 cores, 2 may be used here"),
      ([1, 1], [2], "MOS 2 does not divide the 1 cores of cluster 0"),
      ([1, 1], [1, 1, 1], "--mos has 3 values for 2 stages; give one for all or one each"),
    ] as [([Int], [Int]?, String)])
  func whatCannotBeMetIsSaid(sizes: [Int], mos: [Int]?, message: String) {
    let error = #expect(throws: IsocutError.self) {
      try ClusterLayout(cpus: [0, 1], stageCount: 2, clusterSizes: sizes, mos: mos)
    }
    #expect(error?.message == message)
    #expect(error?.code == .infeasible)
  }

  @Test("clusters of other kinds of cores are other kinds of devices")
  func coreKinds() throws {
    let kinds = CoreKinds([0: "big", 1: "big", 2: "little", 3: "little"])
    let layout = try ClusterLayout(
      cpus: [0, 1, 2, 3], stageCount: 3, clusterSizes: [1, 2, 1], mos: nil, coreKinds: kinds)
    #expect(layout.devices.map(\.coreKinds) == ["big", "1 x big + 1 x little", "little"])
    #expect(
      layout.devices.map(\.speedKind.rawValue)
        == ["cpu:1x1 (big)", "cpu:2x2 (1 x big + 1 x little)", "cpu:1x1 (little)"])
    let alike = try ClusterLayout(
      cpus: [0, 1], stageCount: 2, clusterSizes: nil, mos: nil,
      coreKinds: CoreKinds([0: "big", 1: "big"]))
    #expect(alike.devices.map(\.speedKind.rawValue) == ["cpu:1x1", "cpu:1x1"])
  }
}
