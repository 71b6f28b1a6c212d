import IsocutBackends
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutSearch

@Suite struct ConfigurationSpaceTests {
  /// The command of the vendor's page on single device partitioning.
  static let documented = [
    "MODEL", "onnx", "-iter", "5000", "-list-configs", "-batchsize", "1", "-cores", "15", "-mos",
    "1,2,4,8", "-ols", "2,4", "-instance", "1,2", "-input-list-generate", "-image-dir",
    "./inputFiles", "-width", "224", "-height", "224", "-reuse-single-file",
    "-enable-single-device-partitioning",
  ]

  private func listing(_ words: [String], nsps: Int = 16) throws -> ConfigurationListing {
    let options = try ConfiguratorOptions(parsing: words)
    return ConfigurationListing(
      try options.space(nsps: options.nsps ?? nsps).configurations())
  }

  /// The last two fields of the partitioned rows with an overlap split of 1.
  private func partitionedRows(cores: Int, mos: String) throws -> [String] {
    try listing([
      "m.onnx", "onnx", "-list-configs", "-cores", String(cores), "-mos", mos,
      "-enable-single-device-partitioning",
    ])
    .rows.filter { $0[8] != "[]" }.map { $0[8] + " " + $0[9] }
  }

  @Test func theDocumentedRowsAreListedFieldForField() throws {
    let published = try PublishedListing.read()
    for listed in published.listing_cases {
      let table = try listing(Self.documented).text.split(separator: "\n")
      #expect(BracketedList.words(of: table[0]) == published.columns)
      for (index, row) in listed.expected_rows.enumerated() {
        #expect(
          BracketedList.words(of: table[index + 1])
            == [String(listed.first_row_number + index)] + row.map(\.description))
      }
    }
  }

  @Test func theWholeListingIsStable() throws {
    expectSnapshot(try listing(Self.documented).text, named: "aic100/listing-15-cores")
  }

  @Test func theCountsOfTheSampleFilesAreReached() throws {
    for sample in try PublishedListing.read().count_cases where sample.usable_as_test != false {
      let conditions = try #require(sample.conditions)
      var space = ConfigurationSpace(cores: [1, 2, 4, 8], nsps: conditions.nsps)
      space.batchSizes = conditions.batchsize
      space.mos = conditions.mos
      space.ols = conditions.ols
      let rows = try space.configurations()
      #expect(rows.count == sample.expected_count, "\(sample.name)")
      #expect(rows.allSatisfy { $0.layout.cores * $0.layout.instances == conditions.nsps })
    }
  }

  /// The vendor says of this file that it holds all valid combinations for 14 cores and not which
  /// lists they are made of; these give as many rows.
  @Test func theSampleFileFor14CoresIsReachedWithOneReadingOfItsLists() throws {
    let sample = try #require(
      try PublishedListing.read().count_cases.first { $0.name == "config_14cores_ref" })
    let lists = ["-batchsize", "-mos", "-ols"].flatMap { [$0, "1,2,4,8"] }
    let rows = try listing(
      ["m.onnx", "onnx", "-list-configs", "-nsps", "14", "-cores", "1,2,7,14"] + lists + [
        "-instances", "1-14",
      ]
    ).configurations
    #expect(rows.count == sample.expected_count)
    #expect(Set(rows).count == rows.count)
  }

  @Test(
    arguments: [
      (2, [[1, 1]]), (3, [[2, 1]]), (4, [[1, 1, 1, 1], [2, 2]]), (5, [[3, 2]]), (6, [[3, 3]]),
      (7, [[2, 2, 2, 1], [4, 3]]), (8, [[2, 2, 2, 2], [4, 4]]), (9, [[5, 4]]),
      (10, [[3, 3, 3, 1], [5, 5]]), (11, [[3, 3, 3, 2], [6, 5]]), (12, [[3, 3, 3, 3], [6, 6]]),
      (13, [[4, 4, 4, 1], [7, 6]]), (14, [[4, 4, 4, 2], [7, 7]]), (15, [[4, 4, 4, 3], [8, 7]]),
      (16, [[4, 4, 4, 4], [8, 8]]), (1, []), (0, []),
    ] as [(Int, [[Int]])])
  func fourClustersComeBeforeTwo(cores: Int, sizes: [[Int]]) {
    #expect(ClusterShape.shapes(cores: cores).map(\.sizes) == sizes)
  }

  @Test func everyPublishedClusterConfigurationIsInTheSpaceOfItsCores() throws {
    for published in try PublishedListing.read().cluster_cases where published.accepted {
      var space = ConfigurationSpace(cores: [published.cores], nsps: 16)
      space.mos = [1, 2, 4, 8]
      space.partitions = true
      let layouts = try space.configurations().map(\.layout)
      let matches = layouts.filter { $0.clusterSizes == published.sizes }
      #expect(!matches.isEmpty, "\(published.sizes)")
      if let mos = published.mos {
        #expect(matches.contains { $0.mos.values == mos }, "\(published.sizes) MOS \(mos)")
      }
    }
  }

  @Test(arguments: [
    (2, 0, 1), (4, 1, 4), (7, 2, 6), (8, 4, 9), (12, 4, 9), (14, 6, 9), (15, 6, 12), (16, 9, 16),
  ])
  func rowsOfOneGroupAreAsManyAsTheRulesGive(cores: Int, quad: Int, dual: Int) throws {
    let rows = try listing([
      "m.onnx", "onnx", "-list-configs", "-cores", String(cores), "-mos", "1,2,4,8",
      "-enable-single-device-partitioning", "-no-whole-clusters",
    ])
    .configurations.filter { !$0.layout.clusterSizes.isEmpty }
    #expect(rows.filter { $0.layout.clusterSizes.count == 4 }.count == quad)
    #expect(rows.filter { $0.layout.clusterSizes.count == 2 }.count == dual)
  }

  @Test func theOrderOfMosIsTheOrderGiven() throws {
    #expect(
      try partitionedRows(cores: 8, mos: "4,1") == [
        "[2, 2, 2, 2] [1, 1, 1, 1]", "[4, 4] [4, 4]", "[4, 4] [4, 1]", "[4, 4] [1, 4]",
        "[4, 4] [1, 1]",
        // Whole clusters follow.
        "[2, 2, 2, 2] [1, 1, 2, 2]", "[2, 2, 2, 2] [2, 2, 1, 1]", "[2, 2, 2, 2] [2, 2, 2, 2]",
      ])
  }

  @Test func wholeClustersFollowEverythingTheVendorLists() throws {
    let rows = try partitionedRows(cores: 12, mos: "1,2")
    #expect(
      rows.suffix(5) == [
        "[6, 6] [1, 6]", "[6, 6] [2, 6]", "[6, 6] [6, 1]", "[6, 6] [6, 2]", "[6, 6] [6, 6]",
      ])
    let uneven = try partitionedRows(cores: 14, mos: "1")
    #expect(
      uneven == [
        "[4, 4, 4, 2] [1, 1, 1, 1]", "[7, 7] [1, 1]",
        "[4, 4, 4, 2] [1, 1, 4, 2]", "[4, 4, 4, 2] [4, 4, 1, 1]", "[4, 4, 4, 2] [4, 4, 4, 2]",
        "[7, 7] [1, 7]", "[7, 7] [7, 1]", "[7, 7] [7, 7]",
      ])
  }

  @Test func withoutAMosListTheCompilerDecides() throws {
    let rows = try listing([
      "m.onnx", "onnx", "-list-configs", "-cores", "8", "-enable-single-device-partitioning",
      "-no-whole-clusters",
    ]).rows
    #expect(
      rows.map { $0[3] + " " + $0[8] + " " + $0[9] } == [
        "compiler-default [] []", "0 [2, 2, 2, 2] []", "0 [4, 4] []",
      ])
  }

  @Test(arguments: [
    (8, "8,4,2,1"), (14, "2,1"), (14, "4,1,2"), (16, "8,1,4,2"), (16, "1,2,4,8"), (15, "4,2,1"),
  ])
  func anyOrderOfMosListsTheSameRowsInThatOrder(cores: Int, mos: String) throws {
    let values = mos.split(separator: ",").compactMap { Int($0) }
    let rows = try listing([
      "m.onnx", "onnx", "-list-configs", "-cores", String(cores), "-mos", mos,
      "-enable-single-device-partitioning", "-no-whole-clusters",
    ]).configurations.map(\.layout)
    #expect(rows.first?.mos == .uniform(values[0]) && rows.first?.clusterSizes == [])
    for count in [4, 2] {
      let group = rows.filter { $0.clusterSizes.count == count }.map(\.mos.values)
      let expected = values.flatMap { first in values.map { second in (first, second) } }
        .map { pair in (0..<count).map { $0 < count / 2 ? pair.0 : pair.1 } }
        .filter { split in
          let sizes = ClusterShape.shapes(cores: cores).first { $0.sizes.count == count }?.sizes
          return zip(split, sizes ?? []).allSatisfy { $0 <= $1 }
        }
      #expect(group == expected)
    }
  }

  @Test func instancesThatDoNotFitAreLeftOut() throws {
    let rows = try listing([
      "m.onnx", "onnx", "-list-configs", "-cores", "4,8", "-instances", "1-3", "-nsps", "14",
    ]).rows
    #expect(rows.map { $0[0] + " x " + $0[4] } == ["4 x 1", "4 x 2", "4 x 3", "8 x 1"])
  }

  @Test func depthFirstSchedulingHasAColumnWhereItIsSearched() throws {
    let listing = try listing([
      "m.onnx", "onnx", "-list-configs", "-cores", "2", "-test-depth-first-search",
      "-depth-first-mem", "8,16",
    ])
    #expect(listing.columns.last == "depth-first-mem")
    #expect(listing.rows.map(\.last) == ["off", "8", "16"])
    // And survives a file.
    let text = ConfigurationTable.text(listing.configurations)
    #expect(try ConfigurationTable.read(text, path: "c.csv") == listing.configurations)
  }

  @Test func aSpaceInWhichNothingFitsSaysWhy() {
    let error = #expect(throws: IsocutError.self) {
      try listing(["m.onnx", "onnx", "-list-configs", "-cores", "17", "-mos", "1"])
    }
    #expect(error?.code == .infeasible)
    #expect(
      error?.message == """
        no configuration of this search space can run: 17 cores are more than the 16 NSPs of the \
        device
        """)
  }

  @Test func aSpaceThatNobodyCanMeasureIsRefused() {
    let error = #expect(throws: IsocutError.self) {
      try listing([
        "m.onnx", "onnx", "-list-configs", "-cores", "1-16", "-mos", "1-16", "-ols", "1-16",
        "-batchsize", "1-64",
      ])
    }
    #expect(error?.code == .infeasible)
  }

  @Test func aPipelineIsNeverJudgedWithTooFewInferencesQueued() {
    let plain = AICConfiguration(layout: NSPLayout(cores: 4))
    #expect(plain.setSizes([1, 10]) == [1, 10])
    let dual = AICConfiguration(layout: NSPLayout(cores: 4, clusterSizes: [2, 2]))
    #expect(dual.setSizes([1, 10]) == [10])
    let quad = AICConfiguration(layout: NSPLayout(cores: 4, clusterSizes: [1, 1, 1, 1]))
    #expect(quad.setSizes([1, 2, 3]) == [4])
  }
}
