public import IsocutBackends

/// What became of one item. Valid only inside the closure it was given to.
public struct PipelineResult {
  /// The item's number: the first pushed is 0.
  public let item: Int
  /// The error the item met; its outputs mean nothing then.
  public let failure: (any Error)?
  /// When it was pushed, in nanoseconds of the monotonic clock.
  public let enteredNanoseconds: Int64

  let tensors: [TensorBuffer]

  init(
    item: Int, failure: (any Error)?, enteredNanoseconds: Int64, tensors: [TensorBuffer]
  ) {
    self.item = item
    self.failure = failure
    self.enteredNanoseconds = enteredNanoseconds
    self.tensors = tensors
  }

  /// The model's outputs, in the model's order: the memory the stages wrote.
  ///
  /// - Throws: the error the item met.
  public func outputs() throws -> [TensorBuffer] {
    if let failure { throw failure }
    return tensors
  }
}

@available(*, unavailable)
extension PipelineResult: Sendable {}
