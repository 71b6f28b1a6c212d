internal import IsocutFormats
internal import IsocutGraph

extension TFLiteBackend {
  /// Times of the operators with the built-in kernels, each the median over several runs; where the
  /// options ask for XNNPACK, they are scaled to the whole model's time with it, because it does
  /// not report single operators.
  public func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan, in folder: String
  ) throws -> FirstCosts? {
    let file = try TFLiteFile(path: model.path)
    let graph = try model.openTFLiteModel().graph
    let clock = OperatorClock(operatorCount: file.operatorCount)
    let builtin = try run(
      model, inputs, Interpreter.Options(clock: clock), clock: clock)
    var whole = builtin.wholeMilliseconds
    var milliseconds = graph.operators.map { builtin.operators[$0.filePosition] }
    let usesXNNPACK = options.optimizationLevel.usesXNNPACK
    // Also without XNNPACK: the clock itself takes time.
    whole = try run(model, inputs, Interpreter.Options(usesXNNPACK: usesXNNPACK), clock: nil)
      .wholeMilliseconds
    let sum = milliseconds.reduce(0, +)
    if usesXNNPACK, sum > 0 { milliseconds = milliseconds.map { $0 * whole / sum } }
    return FirstCosts(milliseconds: milliseconds, wholeMilliseconds: whole)
  }

  private static let warmUp = 2
  /// At least and at most so many runs, within half a second where that is possible.
  private static let runs = 5...30
  private static let nanoseconds: Int64 = 500_000_000

  private func run(
    _ model: PreparedModel, _ inputs: InputPlan, _ options: Interpreter.Options,
    clock: OperatorClock?
  ) throws -> (operators: [Double], wholeMilliseconds: Double) {
    let executor = try TFLiteExecutor(
      load(model.path, options), path: model.path, inputs: model.inputs, outputs: model.outputs)
    let given = model.inputs.map(TensorBuffer.init)
    for buffer in given { try inputs.fill(buffer, item: 0) }
    let binding = try executor.bind(
      inputs: given, outputs: model.outputs.map(TensorBuffer.init))
    for _ in 0..<Self.warmUp { try binding.run() }
    var wholes: [Double] = []
    var operators: [[Double]] = []
    let begin = MonotonicClock.nanoseconds
    while wholes.count < Self.runs.lowerBound
      || wholes.count < Self.runs.upperBound
        && MonotonicClock.nanoseconds - begin < Self.nanoseconds
    {
      clock?.reset()
      let start = MonotonicClock.nanoseconds
      try binding.run()
      wholes.append(Double(MonotonicClock.nanoseconds - start) * 1e-6)
      if let clock { operators.append(clock.nanoseconds.map { Double($0) * 1e-6 }) }
    }
    let medians = (operators.first ?? []).indices.map { index in
      median(operators.map { $0[index] })
    }
    return (medians, median(wholes))
  }
}
