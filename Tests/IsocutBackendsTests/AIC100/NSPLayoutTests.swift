import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite struct NSPLayoutTests {
  @Test func everyPublishedClusterConfigurationIsJudgedAsItsSourceSays() throws {
    let cases = try PublishedCases.read().cluster_cases
    #expect(cases.count >= 16)
    for published in cases {
      let layout = NSPLayout(
        cores: published.cores, clusterSizes: published.sizes,
        mos: ChannelSplit(published.mos ?? []))
      #expect(
        (layout.problem(onDeviceWith: 16) == nil) == published.accepted,
        "\(published.sizes) on \(published.cores) cores, \(published.source)")
    }
  }

  @Test func everyTunedConfigurationThatTheVendorMeasuredIsAccepted() throws {
    let lines = try TestData.text("cloud-ai-100/published_throughput.csv").split(separator: "\n")
    let columns = lines[0].split(separator: ",").map(String.init)
    #expect(lines.count > 20)
    for line in lines.dropFirst() {
      // Quoted fields hold commas.
      let fields = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .flatMap { index, part in
          index % 2 == 1
            ? [part]
            : part.split(separator: ",", omittingEmptySubsequences: false)
              .dropFirst(index == 0 ? 0 : 1).dropLast(part.hasSuffix(",") ? 1 : 0)
        }
      let row = Dictionary(zip(columns, fields.map(String.init))) { first, _ in first }
      let extra = VendorArguments((row["EXTRA"] ?? "").split(separator: " ").map(String.init))
      let mos = (row["MOS"] ?? "").split(separator: ",").compactMap { Int($0) }
      let layout = NSPLayout(
        cores: Int(row["CORES"] ?? "") ?? 0,
        clusterSizes: try extra.numbers(of: "sdp-cluster-sizes"),
        mos: ChannelSplit(mos), instances: Int(row["INSTANCES"] ?? "") ?? 0)
      #expect(layout.problem(onDeviceWith: 14) == nil, "\(line)")
    }
  }

  @Test(arguments: [
    (
      NSPLayout(cores: 12, clusterSizes: [4, 4, 4]),
      "-sdp-cluster-sizes=4,4,4 makes 3 clusters; single device partitioning takes 2 or 4"
    ),
    (
      NSPLayout(cores: 8, clusterSizes: [8]),
      "-sdp-cluster-sizes=8 makes 1 cluster; single device partitioning takes 2 or 4"
    ),
    (
      NSPLayout(cores: 4, clusterSizes: [4, 4]),
      """
      the clusters of -sdp-cluster-sizes=4,4 do not sum to -aic-num-cores=4; the sum of the sizes \
      must be the number of cores
      """
    ),
    (
      NSPLayout(cores: 4, clusterSizes: [4, 0]),
      "cluster 1 of -sdp-cluster-sizes has 0 cores; each needs at least 1"
    ),
    (
      NSPLayout(cores: 14, clusterSizes: [7, 7], mos: .perCluster([1, 8])),
      "MOS 8 is more than the 7 cores of cluster 1"
    ),
    (
      NSPLayout(cores: 14, clusterSizes: [4, 4, 4, 2], mos: .uniform(4)),
      "MOS 4 is more than the 2 cores of cluster 3"
    ),
    (
      NSPLayout(cores: 14, clusterSizes: [4, 4, 4, 2], mos: .perCluster([1, 2])),
      "-mos=1,2 has 2 values for 4 clusters; give one value for all, or one for each"
    ),
    (
      NSPLayout(cores: 8, mos: .perCluster([1, 4])),
      "-mos=1,4 has 2 values for 1 cluster; give one value for all, or one for each"
    ),
    (NSPLayout(cores: 4, mos: .uniform(5)), "MOS 5 is more than the 4 cores of the program"),
    (
      NSPLayout(cores: 4, mos: .uniform(0)),
      "MOS 0 is not possible; give 1 or more, or leave -mos out"
    ),
    (NSPLayout(cores: 16), "16 cores are more than the 14 NSPs of the device"),
    (
      NSPLayout(cores: 5, instances: 3),
      "3 instances of 5 cores need more than the 14 NSPs of the device; at most 2 fit"
    ),
    (NSPLayout(cores: 0), "a program cannot use 0 cores; give -aic-num-cores 1 or more"),
    (
      NSPLayout(cores: 1, instances: 0),
      "a program cannot run in 0 instances; give 1 or more"
    ),
  ])
  func eachBrokenRuleIsItsOwnError(layout: NSPLayout, message: String) {
    let error = #expect(throws: IsocutError.self) { try layout.validate(onDeviceWith: 14) }
    #expect(error?.code == .infeasible)
    #expect(error?.message == message)
  }

  @Test func numbersNearTheLimitOfAnIntegerAreRefusedAndNeverTrap() {
    let huge = Int.max
    #expect(
      NSPLayout(cores: huge, clusterSizes: [huge, huge]).problem(onDeviceWith: 16)
        == .sumOfSizes([huge, huge], cores: huge))
    #expect(
      NSPLayout(cores: 2, instances: huge).problem(onDeviceWith: 16)
        == .instancesAboveDevice(cores: 2, instances: huge, nsps: 16))
  }

  @Test func withoutADeviceOnlyTheRulesOfThePartitionCount() {
    #expect(NSPLayout(cores: 64, instances: 4).problem(onDeviceWith: nil) == nil)
  }
}
