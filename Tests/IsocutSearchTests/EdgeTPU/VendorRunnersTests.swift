import IsocutGraph
import IsocutSolver
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
    plan.outputs = plan.stages.last?.outputTensors ?? []
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

  @Test func anOutputThatALaterSegmentReadsTooIsNamed() throws {
    var plan = Self.plan([(["image"], ["a", "early"]), (["a", "early"], ["y"])])
    #expect(plan.vendorRunnersObjection == nil)
    plan.outputs += plan.stages[0].outputTensors.suffix(1)
    let text = try #require(plan.vendorRunnersObjection)
    #expect(text.contains("segment 0 makes the model's output early"))
    #expect(!text.contains("output a"))
  }

  /// A chain with skips; some operators read the input too, and some outputs are the model's.
  private static func graph(_ random: inout SeededRandom) -> Graph {
    let count = Int.random(in: 4...30, using: &random)
    let skips = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      let to = Int.random(in: 1..<count, using: &random)
      return (
        from: Bool.random(using: &random) ? nil : Int.random(in: 0..<to, using: &random), to: to
      )
    }
    var graph = Graph.chain(operatorCount: count, skips: skips, bytes: 1)
    if Bool.random(using: &random) {
      let early = 1 + Int.random(in: 0..<count - 1, using: &random)
      graph.outputs.insert(.tensor(early), at: 0)
    }
    return graph
  }

  @Test("a cut of the tied graph takes inputs at its first segment and gives outputs at its last")
  func ties() throws {
    var random = SeededRandom(seed: 7)
    var (tiedCuts, tooSmall) = (0, 0)
    for _ in 0..<500 {
      let graph = Self.graph(&random)
      for segments in 2...4 {
        let (tied, notes) = graph.forVendorRunners(segments: segments)
        let isSmaller = tied.contraction.units.count < graph.contraction.units.count
        #expect(notes.count == (isSmaller ? 1 : 0))
        guard !tied.ties.isEmpty || graph.endTies(because: "").isEmpty else {
          tooSmall += 1
          continue
        }
        tiedCuts += tied.ties.isEmpty ? 0 : 1
        let boundaries = try EqualParameters.cut(tied, stageCount: segments).stages.map {
          tied.boundary(of: $0)
        }
        for boundary in boundaries.dropFirst() {
          #expect(boundary.inputs.allSatisfy { !tied.inputs.contains($0) })
        }
        for boundary in boundaries.dropLast() {
          #expect(boundary.outputs.allSatisfy { !tied.outputTensors.contains($0) })
        }
      }
    }
    #expect(tiedCuts > 100 && tooSmall > 100)
  }
}
