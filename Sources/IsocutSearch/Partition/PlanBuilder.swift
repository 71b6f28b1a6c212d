import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutWorker

/// Writes the stage files of a cut and the plan around them, without figures yet.
struct PlanBuilder {
  let request: PartitionRequest
  let preparation: Preparation
  let toolVersion: String

  func plan(
    cut: Cut, level: RunOptions.OptimizationLevel, folder: String
  ) throws -> Plan {
    let graph = preparation.graph
    let prepared = preparation.prepared
    let inputs = request.preparation.model.inputs
    var notes = prepared.notes
    if request.layout.sharesCores {
      notes.append(
        "There are more stages than cores, so stages share cores: core_bottleneck_ms predicts throughput."
      )
    }
    let constantOutputs = graph.outputs.compactMap { output in
      if case .constant(let index) = output { graph.constants[index].name } else { nil }
    }
    for name in constantOutputs {
      notes.append("Output \(name) is a constant of the model; the pipeline does not return it.")
    }
    return Plan(
      toolVersion: toolVersion, backend: request.preparation.backend.name,
      simulated: try request.preparation.backend.make().isSimulated,
      model: Plan.Model(
        path: URL(fileURLWithPath: request.preparation.model.modelPath).standardizedFileURL.path,
        sha256: preparation.source.sha256, bytes: preparation.source.file.byteCount,
        shapes: Dictionary(
          prepared.inputs.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })),
      preparedSha256: prepared.sha256,
      options: Plan.Options(
        optimizationLevel: level.rawValue, folded: prepared.isFolded, dynamic: prepared.isDynamic,
        inputValues: inputs.values, inputRanges: inputs.ranges.mapValues { [$0.low, $0.high] },
        inputFiles: inputs.files, seed: inputs.seed, search: request.method.rawValue,
        tolerancePercent: request.tolerance * 100),
      inputs: prepared.inputs, outputs: try preparation.specs(of: graph.outputTensors),
      stages: try stages(of: cut, in: folder), certificate: .none, search: Plan.Search(),
      environment: try .current(for: request.preparation.backend), notes: notes)
  }

  private func stages(of cut: Cut, in folder: String) throws -> [Plan.Stage] {
    let graph = preparation.graph
    let constants = cut.stages.map(graph.constants(of:))
    return try cut.stages.enumerated().map { index, stage in
      let name =
        request.segmentStem.map { "\($0)_segment_\(index)_of_\(cut.stages.count)" }
        ?? "stage_\(index)"
      let file = name + preparation.model.format.fileSuffix
      let path = folder + "/" + file
      let weights = try preparation.model.writeStage(stage, to: path).dropFirst().first
      let boundary = graph.boundary(of: stage)
      let shared = constants[index].filter { constant in
        constants.indices.contains { $0 != index && constants[$0].contains(constant) }
      }
      var planned = Plan.Stage(
        index: index, device: request.layout.devices[index], file: file,
        sha256: try FileHash.sha256(ofFile: path),
        operatorIds: stage.map { graph.operators[$0].id },
        parameterBytes: graph.parameterBytes(of: stage),
        sharedParameterBytes: shared.reduce(0) { $0 + graph.constants[$1].byteCount },
        inputTensors: try preparation.specs(of: boundary.inputs),
        outputTensors: try preparation.specs(of: boundary.outputs))
      planned.weightsFile = weights.map { String($0.dropFirst(folder.count + 1)) }
      planned.weightsSha256 = try weights.map(FileHash.sha256(ofFile:))
      return planned
    }
  }
}
