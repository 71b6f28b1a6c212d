/// Counts the multiply-accumulates of operators whose work is known from their shapes.
struct MultiplyAccumulates {
  let kind: String
  /// The shape of an input by its place; nil for one that is not given or not known.
  let input: (Int) -> [Int]?
  /// The shape of the first output.
  let output: [Int]?

  /// One inference; nil for other kinds, unknown shapes and impossible sizes.
  ///
  /// Layouts by TFLite's operator documentation: filters are output channels, height, width, input
  /// channels (of a group); depthwise ones 1, height, width, output channels; three-dimensional
  /// ones depth, height, width, input, output; weights of layers output by input.
  var count: Int? {
    switch kind {
    case "CONV_2D":
      // One product per output element, kernel element and input channel of its group.
      guard let output, let filter = input(1), filter.count == 4 else { return nil }
      return product(output + filter.dropFirst())
    case "DEPTHWISE_CONV_2D":
      guard let output, let filter = input(1), filter.count == 4 else { return nil }
      return product(output + filter[1...2])
    case "CONV_3D":
      guard let output, let filter = input(1), filter.count == 5 else { return nil }
      return product(output + filter.dropLast())
    case "TRANSPOSE_CONV":
      // One per input element, kernel element and output channel; inputs: shape, filter, data.
      guard let data = input(2), let filter = input(1), filter.count == 4 else { return nil }
      return product(data + filter.dropLast())
    case "FULLY_CONNECTED":
      guard let output, let weights = input(1), let inner = weights.last else { return nil }
      return product(output + [inner])
    case "BATCH_MATMUL":
      // Adjoint or not, the left factor holds rows x inner, the output rows x columns.
      guard let output, output.count > 1, let left = input(0), left.count > 1,
        let columns = output.last, let elements = product(left)
      else { return nil }
      let batches = product(Array(output.dropLast(2))) ?? 0
      let leftBatches = product(Array(left.dropLast(2))) ?? 0
      guard leftBatches > 0, batches % leftBatches == 0 else { return nil }
      return product([elements, columns, batches / leftBatches])
    case "UNIDIRECTIONAL_SEQUENCE_LSTM", "LSTM":
      return recurrent(weights: Array(1...8) + [16], isSequence: kind != "LSTM")
    case "UNIDIRECTIONAL_SEQUENCE_RNN", "RNN":
      return recurrent(weights: [1, 2], isSequence: kind != "RNN")
    case "SVDF":
      // Features of the input, then one pass over the memory of each.
      guard let data = input(0), let features = input(1), let time = input(2),
        let batch = data.first, let first = product(features), let second = product(time),
        case let (each, overflow) = first.addingReportingOverflow(second), !overflow
      else { return nil }
      return product([batch, each])
    default: return nil
    }
  }

  /// Each step of each batch multiplies its input and its state by all the given matrices.
  private func recurrent(weights: [Int], isSequence: Bool) -> Int? {
    guard let data = input(0), data.count == (isSequence ? 3 : 2) else { return nil }
    var each = 0
    for weight in weights {
      guard let shape = input(weight) else { continue }
      guard let elements = product(shape) else { return nil }
      let (sum, overflow) = each.addingReportingOverflow(elements)
      guard !overflow else { return nil }
      each = sum
    }
    return product(data.dropLast() + [each])
  }

  private func product(_ factors: [Int]) -> Int? {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      guard factor >= 0, !overflow else { return nil }
      product = next
    }
    return product
  }
}
