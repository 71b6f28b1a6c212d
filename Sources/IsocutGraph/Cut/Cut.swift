/// An assignment of operators to an ordered list of stages in which every tensor goes forward.
public struct Cut: Hashable, Sendable {
  public let stageCount: Int
  /// The stage of each operator of the graph.
  public let stageOf: [Int]

  public init(stageCount: Int, stageOf: [Int]) {
    self.stageCount = stageCount
    self.stageOf = stageOf
  }

  /// The cut whose stages are the given sets, first stage first.
  public init(stages: [OperatorSet]) {
    var stageOf = Array(repeating: -1, count: stages.first?.capacity ?? 0)
    for (index, stage) in stages.enumerated() {
      for member in stage { stageOf[member] = index }
    }
    self.init(stageCount: stages.count, stageOf: stageOf)
  }

  public func operators(inStage stage: Int) -> OperatorSet {
    var set = OperatorSet(capacity: stageOf.count)
    for (index, owner) in stageOf.enumerated() where owner == stage { set.insert(index) }
    return set
  }

  /// All stages in order.
  public var stages: [OperatorSet] {
    var sets = Array(repeating: OperatorSet(capacity: stageOf.count), count: stageCount)
    for (index, stage) in stageOf.enumerated() { sets[stage].insert(index) }
    return sets
  }

  /// Checks that this is a cut of `graph`: each operator has a stage, no stage is empty, every
  /// tensor goes forward and no tie is divided.
  ///
  /// - Throws: `IsocutError` `.badData` naming the first operator or tensor that is wrong.
  public func validate(for graph: Graph) throws {
    guard stageOf.count == graph.operators.count else {
      throw IsocutError(
        .badData,
        "the cut has \(stageOf.count) operators, the graph \(graph.operators.count)")
    }
    var sizes = Array(repeating: 0, count: stageCount)
    for (index, stage) in stageOf.enumerated() {
      guard (0..<stageCount).contains(stage) else {
        throw IsocutError(.badData, "operator \(graph.operators[index].id) has no stage")
      }
      sizes[stage] += 1
    }
    if let empty = sizes.firstIndex(of: 0) {
      throw IsocutError(.badData, "stage \(empty) has no operator")
    }
    for tensor in graph.tensors {
      guard let producer = tensor.producer else { continue }
      for consumer in tensor.consumers where stageOf[consumer] < stageOf[producer] {
        throw IsocutError(
          .badData,
          "tensor \(tensor.name) would go backward, from stage \(stageOf[producer]) to \(stageOf[consumer])"
        )
      }
    }
    for tie in graph.ties where Set(tie.operators.map { stageOf[$0] }).count > 1 {
      throw IsocutError(.badData, "tensor \(tie.tensor) cannot cross a cut: \(tie.reason)")
    }
  }
}
