package import IsocutBackends
package import IsocutFormats
package import IsocutGraph

/// Stages of one model that run one after the other on shared buffers, as a pipeline would run
/// them: each tensor has one buffer, which its producer writes and its consumers read.
package struct StageChain {
  package let inputs: [TensorBuffer]
  package let outputs: [TensorBuffer]
  private let bindings: [any Binding]

  /// Writes the stages of a cut into a folder and loads them.
  package init(
    _ model: any CuttableModel, _ cut: Cut, on backend: any Backend, in folder: String,
    options: RunOptions = RunOptions(optimizationLevel: .basic)
  ) throws {
    try cut.validate(for: model.graph)
    var buffers: [TensorIndex: TensorBuffer] = [:]
    func buffer(_ index: TensorIndex) throws -> TensorBuffer {
      if let known = buffers[index] { return known }
      let tensor = model.graph.tensors[index]
      guard let element = tensor.type.element, let shape = tensor.type.fixedShape else {
        throw IsocutError(.badData, "\(tensor.name) has no fixed type: \(tensor.type)")
      }
      let made = TensorBuffer(
        TensorSpec(name: tensor.name, elementType: element, shape: shape))
      buffers[index] = made
      return made
    }
    inputs = try model.graph.inputs.map(buffer)
    var bindings: [any Binding] = []
    for (number, stage) in cut.stages.enumerated() {
      let path = "\(folder)/stage-\(number)\(model.format.fileSuffix)"
      try model.writeStage(stage, to: path)
      let boundary = model.graph.boundary(of: stage)
      let stageInputs = try boundary.inputs.map(buffer)
      let stageOutputs = try boundary.outputs.map(buffer)
      let artifacts = try backend.compile(.stage(file: path, options: options))
      let executor = try backend.open(
        artifacts[0], Placement(cpus: []), inputs: stageInputs.map(\.spec),
        outputs: stageOutputs.map(\.spec))
      bindings.append(try executor.bind(inputs: stageInputs, outputs: stageOutputs))
    }
    self.bindings = bindings
    outputs = try model.graph.outputTensors.map(buffer)
  }

  package func run() throws {
    for binding in bindings { try binding.run() }
  }
}
