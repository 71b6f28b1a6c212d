import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite struct PlanFileTests {
  @Test func aPlanReadsBackAsItWasWritten() throws {
    let plan = Plan.sample
    #expect(try PlanFile.decode(PlanFile.encode(plan), path: "plan.json") == plan)
  }

  @Test func keysAreSnakeCaseAndWhatIsNotKnownIsNull() throws {
    let data = try PlanFile.encode(Plan.sample)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["lower_bound_ms"] is NSNull)
    #expect(object["prepared_sha256"] as? String == "beef")
    #expect(object["certificate"] as? String == "none")
    let stage = try #require((object["stages"] as? [[String: Any]])?.first)
    #expect(stage["measured_interval_ms"] as? [Double] == [0.9, 1.1])
    #expect(stage["measured_together_ms"] is NSNull)
    let model = try #require(object["model"] as? [String: Any])
    #expect((model["shapes"] as? [String: [Int]])?["in_putA"] == [1, 3])
  }

  @Test func unknownKeysAreIgnoredAndMissingOptionalOnesAreNull() throws {
    var object = try #require(
      JSONSerialization.jsonObject(with: PlanFile.encode(Plan.sample)) as? [String: Any])
    object["invented_later"] = 1
    object["lower_bound_ms"] = nil
    let plan = try PlanFile.decode(
      JSONSerialization.data(withJSONObject: object), path: "plan.json")
    #expect(plan == Plan.sample)
  }

  @Test func aNewerSchemaIsRefused() throws {
    let error = #expect(throws: IsocutError.self) {
      try PlanFile.decode(Data(#"{"schema_version": 99}"#.utf8), path: "x/plan.json")
    }
    #expect(error?.code == .badData)
    #expect(error?.message.contains("schema version 99") == true)
  }

  @Test(arguments: [0, -1]) func aSchemaThatNeverWasIsRefused(version: Int) throws {
    let error = #expect(throws: IsocutError.self) {
      try PlanFile.decode(Data(#"{"schema_version": \#(version)}"#.utf8), path: "x/plan.json")
    }
    #expect(error?.message.contains("schema version \(version), which no isocut wrote") == true)
  }

  @Test func aNumberOutOfRangeIsNotSaidToBeNoJSON() throws {
    let text = String(decoding: try PlanFile.encode(Plan.sample), as: UTF8.self)
    let damaged = text.replacing(#/"seed" : \d+/#, with: #""seed" : -5"#)
    try #require(damaged != text)
    let error = #expect(throws: IsocutError.self) {
      try PlanFile.decode(Data(damaged.utf8), path: "x/plan.json")
    }
    #expect(error?.message == "x/plan.json is damaged: a number is out of the range of its field")
  }

  @Test func damageNamesTheField() throws {
    var object = try #require(
      JSONSerialization.jsonObject(with: PlanFile.encode(Plan.sample)) as? [String: Any])
    object["backend"] = nil
    let data = try JSONSerialization.data(withJSONObject: object)
    let error = #expect(throws: IsocutError.self) {
      try PlanFile.decode(data, path: "x/plan.json")
    }
    #expect(error?.message == "x/plan.json is damaged: field backend is missing")
  }
}
