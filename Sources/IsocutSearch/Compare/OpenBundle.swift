package import Foundation
package import IsocutBackends
package import IsocutFormats
package import IsocutGraph
import IsocutWorker

/// A bundle that was read and checked, with the backend that runs it and the model behind it.
package struct OpenBundle: Sendable {
  package let bundle: PlanBundle
  package let backend: BackendSelection
  package let modelPath: String

  package init(bundle: PlanBundle, backend: BackendSelection, modelPath: String) {
    self.bundle = bundle
    self.backend = backend
    self.modelPath = modelPath
  }

  /// Compares the chain of stages with the whole model.
  ///
  /// - Throws: `IsocutError` `.missingInput` where the model is missing, `.badData` where it is
  ///   another one; what running throws.
  package func verify(maxError: Double?, toolVersion: String) async throws -> VerifyResult {
    try await withWholeModel { whole in
      try await HostProcess.with(
        toolVersion: toolVersion, backend: backend, inputPlan: bundle.plan.inputPlan
      ) {
        try await $0.verify(
          VerifyRequest(
            plan: bundle.plan, folder: bundle.folder, wholeFile: whole, backend: backend,
            inputPlan: bundle.plan.inputPlan, maxError: maxError))
      }
    }
  }

  /// Runs one item with real inputs.
  ///
  /// - Returns: the outputs in the model's order.
  /// - Throws: `IsocutError` `.usage` for an input that was not given, what reading inputs and
  ///   running throw.
  package func run(
    inputs: InputPlan, toolVersion: String
  ) async throws -> [(spec: TensorSpec, bytes: Data)] {
    let given = Set(inputs.files.keys).union(inputs.values.keys).union(inputs.ranges.keys)
    if let unknown = given.subtracting(bundle.plan.inputs.map(\.name)).sorted().first {
      let known = bundle.plan.inputs.map(\.name).joined(separator: ", ")
      throw IsocutError(.usage, "the model has no input \(unknown); it has \(known)")
    }
    if let missing = bundle.plan.inputs.first(where: { !given.contains($0.name) }) {
      throw IsocutError(
        .usage,
        "the input \(missing.name) is not given; give --input \(missing.name)=FILE.npy or --input-value"
      )
    }
    let outputs = try await HostProcess.with(
      toolVersion: toolVersion, backend: backend, inputPlan: inputs
    ) { try await $0.run(work(inFlight: 1)) }
    return Array(zip(bundle.plan.outputs, outputs)).map { (spec: $0, bytes: $1) }
  }

  /// The plan's stages as a pipeline.
  func work(inFlight: Int, isPushed: Bool = false) -> HostedPipeline {
    HostedPipeline(
      stages: bundle.plan.hostedStages(folder: bundle.folder), inputs: bundle.plan.inputs,
      outputs: bundle.plan.outputs, options: bundle.plan.runOptions, inFlight: inFlight,
      isPushed: isPushed)
  }

  /// Gives the path of the whole model with the plan's shapes; the file goes afterwards.
  package func withWholeModel<Result>(
    _ body: (String) async throws -> Result
  ) async throws -> Result {
    let plan = bundle.plan
    guard FileManager.default.fileExists(atPath: modelPath) else {
      throw IsocutError(
        .missingInput, "the model \(modelPath) is missing; say where it is with --model PATH")
    }
    let source = try ModelSource(readingFile: modelPath)
    guard source.sha256 == plan.model.sha256 else {
      throw IsocutError(
        .badData,
        "\(modelPath) is not the model the bundle was made from; give that one with --model PATH")
    }
    let folder = NSTemporaryDirectory() + "/isocut-whole-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw IsocutError(.cannotCreate, "cannot create a temporary folder", cause: error)
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = folder + "/whole.onnx"
    try source.writeWhole(to: whole, shapes: plan.options.dynamic ? [:] : plan.model.shapes)
    return try await body(whole)
  }

  /// What differs between the machine the plan was made on and this one, a sentence each.
  package func differencesFromThisMachine() throws -> [String] {
    let plan = bundle.plan.environment
    let machine = MachineDescription.current()
    var differences: [String] = []
    func compare(_ what: String, _ then: String, _ now: String) {
      if then != now {
        differences.append(
          "Warning: the plan was made with \(what) \(then), this is \(now); partition again for this machine."
        )
      }
    }
    compare("the CPU", plan.cpuModel, machine.cpuModel)
    compare("cores:", String(plan.cores), String(machine.cores))
    if case .ready(let version, _, _) = try backend.make().availability() {
      compare(plan.engine, plan.engineVersion, version)
    }
    return differences
  }
}
