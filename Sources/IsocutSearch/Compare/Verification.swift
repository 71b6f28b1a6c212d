import Foundation
import IsocutBackends
import IsocutGraph
import IsocutRuntime

/// Runs the chain of stages and the whole model on the same inputs and compares their outputs.
struct Verification {
  let request: VerifyRequest
  /// Told of each step before it begins.
  let doing: (HostActivity) -> Void

  /// - Throws: what opening and running throw.
  func run() throws -> VerifyResult {
    let backend = try request.backend.make()
    let chain = try pipeline(backend, request.stages, options: request.options)
    defer { chain.cancel() }
    // On the CPU, where the stages run on another device.
    let wholeBackend = try request.backend.reference.make()
    let whole = HostedPipeline.Stage(
      file: request.wholeFile, device: Self.oneThread, inputs: request.inputs,
      outputs: request.outputs)
    let reference = try pipeline(wholeBackend, [whole], options: request.options)
    defer { reference.cancel() }
    let others = RunOptions.OptimizationLevel.allCases
      .filter { request.comparesLevels && $0 != request.options.optimizationLevel }
      .compactMap { level -> Pipeline? in
        // A level that the engine refuses for this model says nothing about the cut.
        try? pipeline(
          wholeBackend, [whole], options: RunOptions(optimizationLevel: level), isOptional: true)
      }
    defer { for other in others { other.cancel() } }

    var tally = request.outputs.map { OutputTally(spec: $0) }
    for seed in request.seeds {
      for item in 0..<request.itemsPerSeed {
        doing(HostActivity("running the stages", hasStages: true))
        let got = try outputs(of: chain, "the chain of stages", seed: seed, item: item)
        doing(HostActivity("running the whole model"))
        let expected = try outputs(of: reference, "the whole model", seed: seed, item: item)
        doing(HostActivity("running the whole model at other levels", isOptional: true))
        let spread = others.compactMap {
          try? outputs(of: $0, "the whole model", seed: seed, item: item)
        }
        for index in tally.indices {
          tally[index].take(
            got: got[index], expected: expected[index],
            otherLevels: spread.map { $0[index] }, seed: seed)
        }
      }
    }
    let isSeeded = request.inputs.contains { input in
      request.inputPlan.files[input.name] == nil && request.inputPlan.values[input.name] == nil
    }
    let results = tally.map {
      $0.result(maxError: request.maxError, triesSensitivity: isSeeded)
    }
    let sensitivities = results.map(\.inputSensitive)
    return VerifyResult(
      pass: results.allSatisfy(\.pass), bitExact: results.allSatisfy(\.bitExact),
      maxAbsError: results.map(\.maxAbsError).max() ?? 0,
      maxRelError: results.map(\.maxRelError).max() ?? 0,
      levelSpread: results.map(\.levelSpread).max() ?? 0,
      items: request.seeds.count * request.itemsPerSeed,
      inputSensitive: sensitivities.contains(true)
        ? true : sensitivities.contains(nil) ? nil : false,
      outputs: results)
  }

  private static let oneThread = Device(id: "any", kind: "cpu", cpus: [], mos: 1, lanes: 1)

  /// One thread a stage and one for the whole, on any core: the number of threads can change the
  /// last bits. A stage of another device runs there.
  private func pipeline(
    _ backend: any Backend, _ stages: [HostedPipeline.Stage], options: RunOptions,
    isOptional: Bool = false
  ) throws -> Pipeline {
    let loaded = try stages.enumerated().map { index, stage in
      var stage = stage
      doing(HostActivity("loading \(stage.file)", isOptional: isOptional))
      if !stage.device.cpus.isEmpty { stage.device = Self.oneThread }
      return try PipelineStage.open(stage, index: index, backend: backend, options: options)
    }
    let pipeline = try Pipeline(
      stages: loaded, inputs: request.inputs, outputs: request.outputs,
      options: PipelineOptions(inFlight: 1))
    try pipeline.start()
    return pipeline
  }

  /// - Parameter what: how errors name what runs.
  private func outputs(
    of pipeline: Pipeline, _ what: String, seed: UInt64, item: Int
  ) throws -> [[UInt8]] {
    var plan = request.inputPlan
    plan.seed &+= seed
    try pipeline.push { buffers in
      for buffer in buffers { try plan.fill(buffer, item: item) }
    }
    do {
      let popped = try pipeline.pop { result in
        try result.outputs().map { Array($0.bytes.prefix($0.spec.byteCount)) }
      }
      if case .result(let outputs) = popped { return outputs }
    } catch let error as IsocutError {
      throw IsocutError(
        error.code, "\(what) failed on item \(item) of seed \(plan.seed)", cause: error)
    }
    throw IsocutError(.internalError, "the pipeline ended before its item left")
  }
}
