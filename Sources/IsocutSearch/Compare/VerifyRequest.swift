package import IsocutBackends
package import IsocutGraph

/// What a worker needs to compare the chain of stages with the whole model.
package struct VerifyRequest: Codable, Hashable, Sendable {
  package var backend: BackendSelection
  package var options: RunOptions
  package var stages: [HostedPipeline.Stage]
  /// The whole model with fixed shapes, as the user gave it otherwise.
  package var wholeFile: String
  package var inputs: [TensorSpec]
  package var outputs: [TensorSpec]
  package var inputPlan: InputPlan
  /// One after the other, `itemsPerSeed` items each.
  package var seeds: [UInt64]
  package var itemsPerSeed: Int
  /// Largest accepted max|a-b| / max|b| of float outputs (`--max-error`); nil for the rule of the
  /// documentation.
  package var maxError: Double?
  /// Also tells how far the whole model at other optimization levels is from it.
  package var comparesLevels = true

  package init(
    backend: BackendSelection, options: RunOptions, stages: [HostedPipeline.Stage],
    wholeFile: String, inputs: [TensorSpec], outputs: [TensorSpec], inputPlan: InputPlan,
    seeds: [UInt64] = [0, 1, 2], itemsPerSeed: Int = 2, maxError: Double? = nil
  ) {
    self.backend = backend
    self.options = options
    self.stages = stages
    self.wholeFile = wholeFile
    self.inputs = inputs
    self.outputs = outputs
    self.inputPlan = inputPlan
    self.seeds = seeds
    self.itemsPerSeed = itemsPerSeed
    self.maxError = maxError
  }
}

extension VerifyRequest {
  /// The request for a plan whose stage files are in `folder`.
  package init(
    plan: Plan, folder: String, wholeFile: String, backend: BackendSelection,
    inputPlan: InputPlan, maxError: Double? = nil
  ) {
    self.init(
      backend: backend, options: plan.runOptions, stages: plan.hostedStages(folder: folder),
      wholeFile: wholeFile, inputs: plan.inputs, outputs: plan.outputs, inputPlan: inputPlan,
      maxError: maxError)
  }
}

extension Plan {
  /// The engine options the plan was measured with.
  package var runOptions: RunOptions {
    RunOptions(
      optimizationLevel: RunOptions.OptimizationLevel(rawValue: options.optimizationLevel) ?? .all)
  }

  /// The stages as a worker loads them.
  package func hostedStages(folder: String) -> [HostedPipeline.Stage] {
    stages.map { stage in
      HostedPipeline.Stage(
        file: folder + "/" + stage.file, device: stage.device, inputs: stage.inputTensors,
        outputs: stage.outputTensors)
    }
  }

  /// How inputs are made where no real ones are given.
  package var inputPlan: InputPlan {
    InputPlan(
      values: options.inputValues,
      ranges: options.inputRanges.compactMapValues { bounds in
        bounds.count == 2 ? InputPlan.ClosedInterval(low: bounds[0], high: bounds[1]) : nil
      },
      files: options.inputFiles, seed: options.seed)
  }
}
