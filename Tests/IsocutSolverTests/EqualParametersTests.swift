import IsocutGraph
import IsocutSolver
import Testing

@Suite struct EqualParametersTests {
  /// A chain in which operator i reads a constant of `bytes[i]` bytes; equal names are one constant.
  private func graph(_ bytes: [Int], shared: [Int: Int] = [:]) -> Graph {
    Graph(
      name: "chain",
      operators: bytes.indices.map { index in
        Operator(
          id: "op\(index)", name: "", kind: "Op", domain: "", inputs: [index], outputs: [index + 1],
          constants: [shared[index] ?? index], filePosition: index)
      },
      tensors: (0...bytes.count).map { index in
        Tensor(
          name: "t\(index)", type: .unknown, producer: index == 0 ? nil : index - 1,
          consumers: index < bytes.count ? [index] : [])
      },
      constants: bytes.enumerated().map { Constant(name: "c\($0)", byteCount: $1) },
      inputs: [0], outputs: [.tensor(bytes.count)])
  }

  @Test func stageClosesBeforeItWouldExceedItsShare() throws {
    // Total 12, two stages: at most 7 bytes in the first.
    #expect(try EqualParameters.cut(graph([3, 3, 1, 5]), stageCount: 2).stageOf == [0, 0, 0, 1])
    #expect(try EqualParameters.cut(graph([3, 3, 2, 4]), stageCount: 2).stageOf == [0, 0, 1, 1])
  }

  @Test func everyStageGetsAnOperator() throws {
    #expect(try EqualParameters.cut(graph([0, 0, 0]), stageCount: 3).stageOf == [0, 1, 2])
    #expect(try EqualParameters.cut(graph([100, 1, 1]), stageCount: 2).stageOf == [0, 1, 1])
  }

  @Test func sharedConstantCountsAtItsFirstReader() throws {
    let cut = try EqualParameters.cut(graph([4, 4, 4, 4], shared: [1: 0]), stageCount: 2)
    #expect(cut.stageOf == [0, 0, 1, 1])
  }

  @Test func tooManyStagesAreRefused() {
    #expect {
      try EqualParameters.cut(graph([1, 1]), stageCount: 3)
    } throws: { error in
      (error as? IsocutError)?.code == .infeasible
        && "\(error)".contains("2 operators that can be cut")
    }
  }
}
