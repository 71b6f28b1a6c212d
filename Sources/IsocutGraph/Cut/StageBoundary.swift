/// The tensors that enter and leave one stage.
public struct StageBoundary: Hashable, Sendable {
  /// Read inside, made outside: model inputs first in the model's order, then by position.
  public var inputs: [TensorIndex]
  /// Made inside, and read outside or returned by the model; in the order of their producers.
  public var outputs: [TensorIndex]

  public init(inputs: [TensorIndex], outputs: [TensorIndex]) {
    self.inputs = inputs
    self.outputs = outputs
  }
}

extension Graph {
  /// The tensors that enter and leave a set of operators.
  public func boundary(of operators: OperatorSet) -> StageBoundary {
    var read: Set<TensorIndex> = []
    var outputs: [TensorIndex] = []
    let returned = Set(outputTensors)
    for index in operators {
      for input in self.operators[index].inputs {
        let isInside = tensors[input].producer.map(operators.contains) ?? false
        if !isInside { read.insert(input) }
      }
      for output in self.operators[index].outputs
      where returned.contains(output)
        || tensors[output].consumers.contains(where: { !operators.contains($0) })
      {
        outputs.append(output)
      }
    }
    let modelInputs = inputs.filter { read.contains($0) }
    let rest = read.subtracting(modelInputs).sorted()
    return StageBoundary(inputs: modelInputs + rest, outputs: outputs)
  }

  /// Bytes of the constants that a set of operators reads, each counted once.
  public func parameterBytes(of operators: OperatorSet) -> Int {
    constants(of: operators).reduce(0) { $0 + constants[$1].byteCount }
  }

  /// Positions of the constants that a set of operators reads.
  public func constants(of operators: OperatorSet) -> Set<Int> {
    var read: Set<Int> = []
    for index in operators { read.formUnion(self.operators[index].constants) }
    return read
  }
}
