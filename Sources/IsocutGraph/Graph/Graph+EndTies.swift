extension Graph {
  /// What must stay together so that every cut reads the model's inputs in its first stage alone and
  /// makes the outputs in its last stage alone.
  ///
  /// All that reads an input, and what reads nothing of others, is one group: nothing comes before
  /// it, so it is in the first stage. All that makes an output, and what nothing reads, is the other.
  ///
  /// - Parameter reason: why a cut may not divide them.
  public func endTies(because reason: String) -> [Tie] {
    let given = Set(inputs)
    let first = operators.indices.filter { index in
      let read = operators[index].inputs
      return read.contains(where: given.contains)
        || read.allSatisfy { tensors[$0].producer == nil }
    }
    let returned = Set(outputTensors)
    let last = operators.indices.filter { index in
      let made = operators[index].outputs
      return made.contains(where: returned.contains)
        || made.allSatisfy { tensors[$0].consumers.isEmpty }
    }
    let ends = [
      (first, first.last.flatMap { operators[$0].inputs.first(where: given.contains) }),
      (last, last.first.flatMap { operators[$0].outputs.first }),
    ]
    return ends.filter { $0.0.count > 1 }.map { members, tensor in
      Tie(operators: members, tensor: tensor.map { tensors[$0].name } ?? name, reason: reason)
    }
  }
}
