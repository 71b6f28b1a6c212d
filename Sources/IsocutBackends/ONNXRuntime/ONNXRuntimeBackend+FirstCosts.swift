internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

extension ONNXRuntimeBackend {
  /// Runs the prepared model with and without the engine's profiler, in turns, in the calling
  /// thread, for about four seconds at most.
  ///
  /// - Returns: nil where the trace does not show the graph that was saved.
  public func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan, in folder: String
  ) throws -> FirstCosts? {
    let graph = try model.openModel().graph
    let optimized = folder + "/optimized.onnx"
    let plain = try bind(
      try load(model.path, SessionOptions(level: options.optimizationLevel)), model, inputs)
    let profiled = try load(
      model.path,
      SessionOptions(
        level: options.optimizationLevel, optimizedPath: optimized,
        profilePrefix: folder + "/trace"))
    let whole = try Self.alternate(
      plain, try bind(profiled, model, inputs), nodes: graph.operators.count)
    // Names with quotes make the engine's trace unreadable.
    let file = try profiled.endProfiling()
    let trace = try? ProfileTrace(json: Data(contentsOf: URL(fileURLWithPath: file)))
      .medians(droppingFirst: Self.warmUp)
    guard let trace else { return nil }

    let nodes = try ONNXFile(path: optimized).nodes
    guard let places = trace.positions(in: nodes) else { return nil }
    let operators = CostAttribution(nodes, graph: graph).operators
    var costs = FirstCosts(
      milliseconds: Array(repeating: 0, count: graph.operators.count), wholeMilliseconds: whole)
    let times = trace.milliseconds(ofWhole: whole)
    for (time, place) in zip(times, places) {
      guard let place, let element = operators[place] else { continue }
      costs.milliseconds[element] += time
    }
    return costs
  }

  private static let warmUp = 3

  /// Runs both in turns, so that what disturbs one disturbs the other: 20 to 50 times each where
  /// four seconds hold so many. A trace of more events is slow to read, and the engine drops those
  /// beyond a million.
  ///
  /// - Returns: median milliseconds of a run without profiling.
  private static func alternate(
    _ plain: any Binding, _ profiled: any Binding, nodes: Int
  ) throws -> Double {
    for _ in 0..<warmUp {
      try plain.run()
      try profiled.run()
    }
    let clock = ContinuousClock()
    let start = clock.now
    let most = max(3, min(50, 20_000 / max(nodes, 1)))
    var samples: [Double] = []
    while samples.count < 3 || (samples.count < most && clock.now - start < .seconds(4)) {
      samples.append(try clock.measure { try plain.run() } / .milliseconds(1))
      try profiled.run()
    }
    return median(samples)
  }

  private func bind(
    _ session: Session, _ model: PreparedModel, _ plan: InputPlan
  ) throws -> any Binding {
    let executor = try ONNXRuntimeExecutor(
      session, path: model.path, inputs: model.inputs, outputs: model.outputs)
    let inputs = model.inputs.map(TensorBuffer.init)
    for input in inputs { try plan.fill(input, item: 0) }
    return try executor.bind(inputs: inputs, outputs: model.outputs.map(TensorBuffer.init))
  }
}
