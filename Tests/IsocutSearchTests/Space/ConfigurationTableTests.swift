import IsocutBackends
import IsocutGraph
import Testing

@testable import IsocutSearch

@Suite struct ConfigurationTableTests {
  @Test func whatIsWrittenIsReadBackTheSame() throws {
    var space = ConfigurationSpace(cores: [4, 14], nsps: 14)
    space.mos = [1, 2]
    space.partitions = true
    space.vtcmPercents = [75, 100]
    let rows = try space.configurations()
    let text = ConfigurationTable.text(rows)
    #expect(try ConfigurationTable.read(text, path: "c.csv") == rows)
  }

  @Test func theColumnsAreTheVendors() {
    let rows = [
      AICConfiguration(layout: NSPLayout(cores: 7, instances: 2), batchSize: 8, ols: 2),
      AICConfiguration(
        layout: NSPLayout(cores: 4, clusterSizes: [2, 2], mos: .perCluster([1, 2])), ols: 4),
    ]
    #expect(
      ConfigurationTable.text(rows) == """
        cores,mos,ols,batchSize,deallocDelay,splitSize,vtcmRatio,sdpClusterSizes,instances
        7,compiler-default,2,8,3,2048,100,,2
        4,"[1, 2]",4,1,3,2048,100,"[2, 2]",1

        """)
  }

  @Test func resultColumnsAndAnotherOrderDoNotMatter() throws {
    let rows = try ConfigurationTable.read(
      "infPerSec,instances,cores,mos\r\n4378.4,7,2,[1]\r\n", path: "c.csv")
    #expect(
      rows == [AICConfiguration(layout: NSPLayout(cores: 2, mos: .uniform(1), instances: 7))])
  }

  @Test(arguments: [
    ("", "c.csv has no column cores"),
    ("cores,mos\n4\n", "c.csv line 2 has 1 fields for 2 columns"),
    ("cores,mos\nfour,1\n", "c.csv line 2: cores four is no whole number above 0"),
    ("cores,mos\n4,a\n", "c.csv line 2: mos a is no list of numbers"),
    ("cores,mos\n4,8\n", "c.csv line 2: MOS 8 is more than the 4 cores of the program"),
  ])
  func theWrongFieldIsNamed(text: String, message: String) {
    let error = #expect(throws: IsocutError.self) {
      try ConfigurationTable.read(text, path: "c.csv")
    }
    #expect(error?.code == .badData)
    #expect(error?.message == message)
  }
}
