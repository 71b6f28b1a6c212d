import Foundation
import IsocutBackends
import IsocutGraph
import IsocutRuntime

/// One item through the pipeline of a bundle: `isocut run`.
struct BundleRun: Codable, Sendable {
  var backend: BackendSelection
  var work: HostedPipeline
  var inputPlan: InputPlan

  /// The outputs' bytes, in the order of the work's outputs.
  ///
  /// - Parameter doing: told of each step before it begins.
  func run(doing: (HostActivity) -> Void) throws -> [Data] {
    let backend = try backend.make()
    let stages = try work.stages.enumerated().map { index, stage in
      doing(HostActivity("loading stage \(index)"))
      return try PipelineStage.open(stage, index: index, backend: backend, options: work.options)
    }
    let pipeline = try Pipeline(
      stages: stages, inputs: work.inputs, outputs: work.outputs,
      options: PipelineOptions(inFlight: 1))
    doing(HostedWork.pipeline(work).running)
    try pipeline.start()
    defer { pipeline.cancel() }
    try pipeline.push { buffers in
      for buffer in buffers { try inputPlan.fill(buffer, item: 0) }
    }
    let popped = try pipeline.pop { result in
      try result.outputs().map { Data($0.bytes.prefix($0.spec.byteCount)) }
    }
    guard case .result(let outputs) = popped else {
      throw IsocutError(.internalError, "the pipeline ended before its item left")
    }
    return outputs
  }
}
