package import IsocutGraph

extension Graph {
  /// A chain `x -> t0 -> t1 -> …` with one operator each, the last tensor being the output.
  ///
  /// - Parameters:
  ///   - skips: further readers: the output of operator `from` (or the input, for nil) is read by
  ///     operator `to` too.
  ///   - bytes: the size of every tensor.
  package static func chain(
    operatorCount: Int, skips: [(from: Int?, to: Int)], bytes: Int
  ) -> Graph {
    let type = TensorType(element: .uint8, fixedShape: [bytes])
    var tensors = [Tensor(name: "x", type: type, producer: nil, consumers: [0])]
    for index in 0..<operatorCount {
      tensors.append(
        Tensor(
          name: "t\(index)", type: type, producer: index,
          consumers: index + 1 < operatorCount ? [index + 1] : []))
    }
    for skip in skips {
      let tensor = skip.from.map { $0 + 1 } ?? 0
      tensors[tensor].consumers = Set(tensors[tensor].consumers + [skip.to]).sorted()
    }
    let operators = (0..<operatorCount).map { index in
      Operator(
        id: "t\(index)", name: "op\(index)", kind: "Chain", domain: "",
        inputs: tensors.indices.filter { tensors[$0].consumers.contains(index) },
        outputs: [index + 1], constants: [index], filePosition: index)
    }
    return Graph(
      name: "chain", operators: operators, tensors: tensors,
      constants: (0..<operatorCount).map { Constant(name: "w\($0)", byteCount: bytes) },
      inputs: [0], outputs: [.tensor(operatorCount)])
  }
}
