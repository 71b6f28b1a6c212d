internal import IsocutGraph

/// Counts the multiply-accumulates of operators whose work is known from their shapes.
struct Multiplications {
  /// The fixed shape of a tensor or constant; nil where it is not known.
  let shape: (String) -> [Int]?

  /// One inference of a node; nil for other kinds, unknown shapes and impossible sizes.
  ///
  /// Sources: a convolution does one product per output element, kernel element and input channel
  /// of its group; a transposed one per input element; a recurrent layer multiplies each step's
  /// input by W and its state by R; an Einsum runs over all its labels.
  func count(_ node: NodeRecord, _ attributes: () throws -> Attributes) rethrows -> Int? {
    guard node.domain.isEmpty else { return nil }
    switch node.kind {
    case "Conv", "ConvInteger": return convolution(node, weight: 1)
    case "QLinearConv": return convolution(node, weight: 3)
    case "ConvTranspose":
      guard let data = input(node, 0), let weight = input(node, 1), weight.count > 1 else {
        return nil
      }
      return product(data + weight.dropFirst())
    case "MatMul", "MatMulInteger", "QLinearMatMul":
      guard let left = input(node, 0), let inner = left.last, let output = output(node) else {
        return nil
      }
      return product(output + [inner])
    case "Gemm":
      guard let left = input(node, 0), left.count == 2, let output = output(node) else {
        return nil
      }
      let isTransposed = try attributes()["transA"]?.integer ?? 0 != 0
      return product(output + [left[isTransposed ? 0 : 1]])
    case "LSTM", "GRU", "RNN":
      guard let data = input(node, 0), data.count == 3, let weight = input(node, 1),
        let recurrence = input(node, 2), let once = product(weight), let again = product(recurrence)
      else { return nil }
      let (each, overflow) = once.addingReportingOverflow(again)
      return overflow ? nil : product([data[0], data[1], each])
    case "Einsum": return try einsum(node, attributes()["equation"]?.text ?? "")
    default: return nil
    }
  }

  private func convolution(_ node: NodeRecord, weight index: Int) -> Int? {
    guard let output = output(node), let weight = input(node, index), weight.count > 1 else {
      return nil
    }
    return product(output + weight.dropFirst())
  }

  private func einsum(_ node: NodeRecord, _ equation: String) -> Int? {
    let left = equation.prefix { $0 != "-" }.filter { $0 != " " }
    let terms = left.split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == node.inputs.count else { return nil }
    var sizes: [Character: Int] = [:]
    for (index, term) in terms.enumerated() {
      guard let shape = input(node, index), term.count == shape.count else { return nil }
      for (label, size) in zip(term, shape) { sizes[label] = max(size, sizes[label] ?? 0) }
    }
    return product(Array(sizes.values))
  }

  private func input(_ node: NodeRecord, _ index: Int) -> [Int]? {
    guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
    return shape(node.inputs[index])
  }

  private func output(_ node: NodeRecord) -> [Int]? {
    guard let name = node.outputs.first, !name.isEmpty else { return nil }
    return shape(name)
  }

  /// Sums of counts must stay far from overflow.
  private static let largest = 1 << 50

  private func product(_ sizes: [Int]) -> Int? {
    var result = 1
    for size in sizes {
      let (next, overflow) = result.multipliedReportingOverflow(by: size)
      guard !overflow, size >= 0, next <= Self.largest else { return nil }
      result = next
    }
    return result
  }
}
