import Foundation
import IsocutBackends
import IsocutGraph
import IsocutRuntime

/// Runs the chain of stages and the whole model on the same inputs and compares their outputs.
struct Verification {
  let request: VerifyRequest

  /// - Throws: what opening and running throw.
  func run() throws -> VerifyResult {
    let backend = try request.backend.make()
    let chain = try pipeline(backend, request.stages, options: request.options)
    defer { chain.cancel() }
    let whole = HostedPipeline.Stage(
      file: request.wholeFile, device: Device(id: "whole", kind: "cpu", cpus: [], mos: 1, lanes: 1),
      inputs: request.inputs, outputs: request.outputs)
    let reference = try pipeline(backend, [whole], options: request.options)
    defer { reference.cancel() }
    let others = RunOptions.OptimizationLevel.allCases
      .filter { $0 != request.options.optimizationLevel }
      .compactMap { level -> Pipeline? in
        // A level that the engine refuses for this model says nothing about the cut.
        try? pipeline(backend, [whole], options: RunOptions(optimizationLevel: level))
      }
    defer { for other in others { other.cancel() } }

    var tally = request.outputs.map { OutputTally(spec: $0) }
    for seed in request.seeds {
      for item in 0..<request.itemsPerSeed {
        let expected = try outputs(of: reference, seed: seed, item: item)
        let got = try outputs(of: chain, seed: seed, item: item)
        let spread = others.compactMap { try? outputs(of: $0, seed: seed, item: item) }
        for index in tally.indices {
          tally[index].take(
            got: got[index], expected: expected[index],
            otherLevels: spread.map { $0[index] }, seed: seed)
        }
      }
    }
    let results = tally.map { $0.result(maxError: request.maxError) }
    return VerifyResult(
      pass: results.allSatisfy(\.pass), bitExact: results.allSatisfy(\.bitExact),
      maxAbsError: results.map(\.maxAbsError).max() ?? 0,
      maxRelError: results.map(\.maxRelError).max() ?? 0,
      levelSpread: results.map(\.levelSpread).max() ?? 0,
      items: request.seeds.count * request.itemsPerSeed,
      inputSensitive: results.contains(where: \.inputSensitive), outputs: results)
  }

  /// One thread a stage and one for the whole: the number of threads can change the last bits.
  private func pipeline(
    _ backend: any Backend, _ stages: [HostedPipeline.Stage], options: RunOptions
  ) throws -> Pipeline {
    let loaded = try stages.enumerated().map { index, stage in
      let executor = try backend.open(
        Artifact(backend: backend.name, files: [stage.file], stages: [index], options: options),
        Placement(cpus: [], threads: 1), inputs: stage.inputs, outputs: stage.outputs)
      return PipelineStage(
        name: "stage \(index)", lanes: [PipelineStage.Lane(executor: executor, cpus: [])],
        inputs: stage.inputs, outputs: stage.outputs)
    }
    let pipeline = try Pipeline(
      stages: loaded, inputs: request.inputs, outputs: request.outputs,
      options: PipelineOptions(inFlight: 1))
    try pipeline.start()
    return pipeline
  }

  private func outputs(of pipeline: Pipeline, seed: UInt64, item: Int) throws -> [[UInt8]] {
    var plan = request.inputPlan
    plan.seed &+= seed
    try pipeline.push { buffers in
      for buffer in buffers { try plan.fill(buffer, item: item) }
    }
    let popped = try pipeline.pop { result in
      try result.outputs().map { Array($0.bytes.prefix($0.spec.byteCount)) }
    }
    guard case .result(let outputs) = popped else {
      throw IsocutError(.internalError, "the pipeline ended before its item left")
    }
    return outputs
  }
}
