import Foundation
import IsocutBackends
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutProfile

@Suite("Several stages") struct SeveralStagesTests {
  /// Stages of the null backend that keep a core busy for some milliseconds.
  private static func stages(
    _ milliseconds: [Double], in folder: TemporaryFolder, lanes: Int = 1
  ) throws -> [(artifact: Artifact, load: Load)] {
    try milliseconds.enumerated().map { index, time in
      let file = try folder.write(
        "{\"name\": \"s\(index)\", \"milliseconds\": \(time)}", to: "s\(index).json")
      let spec = TensorSpec(name: "x", elementType: .float32, shape: [1])
      let load = Load(
        lanes: (0..<lanes).map { _ in Placement(cpus: []) }, inputs: [spec],
        outputs: [TensorSpec(name: "y", elementType: .float32, shape: [1])], inputPlan: InputPlan())
      return (Artifact(backend: "null", files: [file], stages: [], options: RunOptions()), load)
    }
  }

  private static let rule = SeveralStages.Rule(windowSeconds: 0.01, windowCount: 8)

  @Test("measured in turns or together give a median for each window", arguments: [1, 2])
  func windows(lanes: Int) throws {
    let folder = try TemporaryFolder()
    let backend = NullBackend(options: NullOptions(time: .busy))
    let stages = try Self.stages([0.5, 1], in: folder, lanes: lanes)
    let inTurns = try SeveralStages.measure(stages, .inTurns, Self.rule, on: backend)
    #expect(inTurns.medians.map(\.count) == [8, 8])
    #expect(inTurns.interval(ofStage: 0).median < inTurns.interval(ofStage: 1).median)
    let together = try SeveralStages.measure(stages, .together, Self.rule, on: backend)
    #expect(together.medians.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 > 0 } })
    #expect(together.interval(ofStage: 1).median >= 1 / Double(lanes) * 0.9)
  }

  @Test(
    "end with the first error of any of them", arguments: [SeveralStages.Order.inTurns, .together])
  func failure(order: SeveralStages.Order) throws {
    let folder = try TemporaryFolder()
    let backend = NullBackend(
      options: NullOptions(time: .busy, fault: .init(.fail, onCall: 2, only: ["s1"])))
    #expect(throws: IsocutError.self) {
      try SeveralStages.measure(
        Self.stages([0.5, 1, 1], in: folder), order, Self.rule, on: backend)
    }
  }
}
