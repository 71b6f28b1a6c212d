import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph

/// Stages of a prepared model as files that a backend can run, with what they are run on.
package struct StageFiles: Sendable {
  typealias Request = (files: [String], options: RunOptions, load: Load)

  let preparation: Preparation
  /// In the order of the stages.
  let devices: [Device]
  /// Those that measure, where they are fewer: stage i is measured on the i-th, counted around.
  let measuringDevices: [Device]
  let inputPlan: InputPlan

  /// Whether all stages can run at the same time.
  var haveOwnDevices: Bool { measuringDevices.count >= devices.count }

  /// - Throws: `IsocutError` as writing the stage throws it, or `.badData` for a tensor whose size
  ///   is not known.
  func requests(for parts: [StagePart]) throws -> [Request] {
    try parts.map { part in
      (
        try preparation.stageFiles(part.operators), RunOptions(optimizationLevel: part.level),
        try load(of: part.operators, on: part.device)
      )
    }
  }

  private func measuring(_ device: Device) -> Device {
    guard !haveOwnDevices, let place = devices.firstIndex(of: device) else { return device }
    return measuringDevices[place % measuringDevices.count]
  }

  /// All lanes of the device busy with the stage.
  func load(of stage: OperatorSet, on device: Device) throws -> Load {
    let graph = preparation.graph
    let boundary = graph.boundary(of: stage)
    var inputPlan = inputPlan
    for input in boundary.inputs where graph.tensors[input].producer != nil {
      let name = graph.tensors[input].name
      inputPlan.contents[name] = preparation.prepared.contents[name]
    }
    return Load(
      lanes: measuring(device).placements,
      inputs: try preparation.specs(of: boundary.inputs),
      outputs: try preparation.specs(of: boundary.outputs), inputPlan: inputPlan)
  }
}

extension Preparation {
  /// The files of a stage in the preparation's folder, the one to load first; written at its first
  /// use.
  func stageFiles(_ stage: OperatorSet) throws -> [String] {
    let path = try folder + "/" + model.contentKey(ofStage: stage) + model.format.fileSuffix
    guard FileManager.default.fileExists(atPath: path) else {
      return try model.writeStage(stage, to: path)
    }
    let weights = path + ".data"
    return FileManager.default.fileExists(atPath: weights) ? [path, weights] : [path]
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
