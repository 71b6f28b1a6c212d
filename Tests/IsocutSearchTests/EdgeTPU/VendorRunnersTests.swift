import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutSearch

@Suite("What the vendor's pipelined runners accept") struct VendorRunnersTests {
  /// A plan with these inputs and outputs of its segments.
  private static func plan(_ segments: [(inputs: [String], outputs: [String])]) -> Plan {
    func specs(_ names: [String]) -> [TensorSpec] {
      names.map { TensorSpec(name: $0, elementType: .uint8, shape: [1]) }
    }
    var plan = Plan.sample
    let stage = plan.stages[0]
    plan.stages = segments.enumerated().map { index, segment in
      var copy = stage
      copy.index = index
      copy.inputTensors = specs(segment.inputs)
      copy.outputTensors = specs(segment.outputs)
      return copy
    }
    return plan
  }

  @Test func aChainWithATensorThatSkipsASegmentIsAccepted() {
    let plan = Self.plan([
      (["image"], ["a", "b"]), (["a"], ["c"]), (["b", "c"], ["boxes", "scores"]),
    ])
    #expect(plan.vendorRunnersObjection == nil)
  }

  @Test func anInputThatEntersLaterIsNamed() throws {
    let plan = Self.plan([(["image"], ["a"]), (["a", "size"], ["y"])])
    let text = try #require(plan.vendorRunnersObjection)
    #expect(text.contains("no segment before segment 1 makes its input size"))
  }

  @Test func anOutputThatLeavesEarlierIsNamed() throws {
    let plan = Self.plan([(["image"], ["a", "early"]), (["a"], ["y"])])
    let text = try #require(plan.vendorRunnersObjection)
    #expect(text.contains("no segment after segment 0 reads its output early"))
    #expect(!text.contains("output a"))
  }
}
