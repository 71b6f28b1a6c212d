internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

extension ONNXRuntimeBackend {
  /// Runs the prepared model once without and once with the engine's profiler, in the calling
  /// thread, for about two seconds each at most.
  ///
  /// - Returns: nil where the trace does not show the graph that was saved.
  public func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan
  ) throws -> FirstCosts? {
    let graph = try model.openModel().graph
    let whole = try medianRun(model, options, inputs)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("isocut-profile-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }

    let optimized = folder + "/optimized.onnx"
    let count = Self.profiledRuns(milliseconds: whole, nodes: graph.operators.count)
    let trace = try profile(
      model, inputs, runs: count, warmUp: Self.warmUp,
      SessionOptions(
        level: options.optimizationLevel, optimizedPath: optimized,
        profilePrefix: folder + "/trace"))
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

  /// As many runs as two seconds hold, 20 to 50 where that is possible; a trace of more events is
  /// slow to read, and the engine drops those beyond a million.
  private static func profiledRuns(milliseconds: Double, nodes: Int) -> Int {
    let byTime = Int(2000 / max(milliseconds, 0.001))
    let bySize = 20_000 / max(nodes, 1)
    return warmUp + max(3, min(50, byTime, bySize))
  }

  /// Milliseconds of one run without profiling.
  private func medianRun(
    _ model: PreparedModel, _ options: RunOptions, _ inputs: InputPlan
  ) throws -> Double {
    let binding = try bind(
      try load(model.path, SessionOptions(level: options.optimizationLevel)), model, inputs)
    for _ in 0..<Self.warmUp { try binding.run() }
    let clock = ContinuousClock()
    let start = clock.now
    var samples: [Double] = []
    while samples.count < 5 || (samples.count < 50 && clock.now - start < .seconds(2)) {
      let time = try clock.measure { try binding.run() }
      samples.append(time / .milliseconds(1))
    }
    return median(samples)
  }

  private func profile(
    _ model: PreparedModel, _ inputs: InputPlan, runs: Int, warmUp: Int, _ options: SessionOptions
  ) throws -> NodeTimes? {
    let session = try load(model.path, options)
    let binding = try bind(session, model, inputs)
    for _ in 0..<runs { try binding.run() }
    let file = try session.endProfiling()
    // Names with quotes make the engine's trace unreadable.
    return try? ProfileTrace(json: Data(contentsOf: URL(fileURLWithPath: file)))
      .medians(droppingFirst: warmUp)
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
