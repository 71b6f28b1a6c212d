import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile

/// Measures stages of a prepared model with a real backend.
struct MeasuredStages: StageMeasuring {
  let preparation: Preparation
  let measurer: Measurer
  let options: RunOptions
  let inputPlan: InputPlan

  func measure(_ stage: OperatorSet, on device: Device) async throws -> StageTime {
    let key = try preparation.model.contentKey(ofStage: stage)
    let measurement = try await measurer.measure(
      stage: key, on: device.speedKind, options, try load(of: stage, on: device)
    ) { [preparation] in [try preparation.stageFile(stage)] }
    return StageTime(measurement)
  }

  /// All lanes of the device busy with the stage.
  func load(of stage: OperatorSet, on device: Device) throws -> Load {
    let graph = preparation.model.graph
    let boundary = graph.boundary(of: stage)
    var inputPlan = inputPlan
    for input in boundary.inputs where graph.tensors[input].producer != nil {
      let name = graph.tensors[input].name
      inputPlan.contents[name] = preparation.prepared.contents[name]
    }
    return Load(
      lanes: (0..<device.lanes).map { Placement(cpus: device.cpus(ofLane: $0)) },
      inputs: try preparation.specs(of: boundary.inputs),
      outputs: try preparation.specs(of: boundary.outputs), inputPlan: inputPlan)
  }
}

extension StageTime {
  init(_ measurement: StageMeasurement) {
    guard let timing = measurement.timing, let interval = measurement.intervalMilliseconds else {
      self = .failed("\(measurement.status.rawValue): \(measurement.reason ?? "no reason given")")
      return
    }
    self.init(
      milliseconds: timing.interval.median, low: interval.lowerBound, high: interval.upperBound,
      latency: timing.latencyMilliseconds ?? timing.interval.median,
      isSteady: measurement.status == .good, reason: measurement.reason)
  }
}

extension Preparation {
  /// The file of a stage in the preparation's folder, written at its first use.
  func stageFile(_ stage: OperatorSet) throws -> String {
    let path = try folder + "/" + model.contentKey(ofStage: stage) + model.format.fileSuffix
    if !FileManager.default.fileExists(atPath: path) { try model.writeStage(stage, to: path) }
    return path
  }

  /// Types and sizes of tensors, as the engine saw them.
  ///
  /// - Throws: `IsocutError` `.badData` for a tensor that no run has shown.
  func specs(of tensors: [TensorIndex]) throws -> [TensorSpec] {
    try tensors.map { index in
      let tensor = model.graph.tensors[index]
      if let spec = prepared.tensors[tensor.name]
        ?? prepared.inputs.first(where: { $0.name == tensor.name })
      {
        return spec
      }
      guard let element = tensor.type.element, let shape = tensor.type.fixedShape else {
        throw IsocutError(
          .badData, "the size of tensor \(tensor.name) is not known, so it cannot cross a cut")
      }
      return TensorSpec(name: tensor.name, elementType: element, shape: shape)
    }
  }
}
