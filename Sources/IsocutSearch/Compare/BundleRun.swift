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
  func run() throws -> [Data] {
    let backend = try backend.make()
    let stages = try work.stages.enumerated().map { index, stage in
      try PipelineStage.open(stage, index: index, backend: backend, options: work.options)
    }
    let pipeline = try Pipeline(
      stages: stages, inputs: work.inputs, outputs: work.outputs,
      options: PipelineOptions(inFlight: 1))
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
