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
    try bundle.plan.inputPlan.check(for: bundle.plan.inputs)
    return try await withWholeModel { whole in
      try await HostProcess.verify(
        VerifyRequest(
          plan: bundle.plan, folder: bundle.folder, wholeFile: whole, backend: backend,
          inputPlan: bundle.plan.inputPlan, maxError: maxError), toolVersion: toolVersion)
    }
  }

  /// What each input of an item holds: what was given, else what the plan says, else seeded values.
  ///
  /// - Parameter seed: of generated values; nil takes the plan's.
  /// - Throws: `IsocutError` as `InputPlan.check`.
  package func inputs(given: InputPlan, seed: UInt64?) throws -> InputPlan {
    var inputs = bundle.plan.inputPlan
    try given.checkNames(bundle.plan.inputs)
    for name in bundle.plan.inputs.map(\.name) where given.gives(name) {
      inputs.files[name] = given.files[name]
      inputs.values[name] = given.values[name]
      inputs.ranges[name] = given.ranges[name]
    }
    if let seed { inputs.seed = seed }
    try inputs.check(for: bundle.plan.inputs)
    return inputs
  }

  /// Runs one item through the stages.
  ///
  /// - Returns: the outputs in the model's order.
  /// - Throws: `IsocutError` `.infeasible` for a core of the plan that may not be used here; what
  ///   running throws.
  package func run(
    inputs: InputPlan, toolVersion: String
  ) async throws -> [(spec: TensorSpec, bytes: Data)] {
    _ = try usableCores()
    let outputs = try await HostProcess.with(
      toolVersion: toolVersion, backend: backend, inputPlan: inputs
    ) { try await $0.run(work(inFlight: 1)) }
    return Array(zip(bundle.plan.outputs, outputs)).map { (spec: $0, bytes: $1) }
  }

  /// The cores of the plan, each once, in the order of its stages.
  ///
  /// - Throws: `IsocutError` `.infeasible` where one may not be used here.
  func usableCores() throws -> [Int] {
    var cpus: [Int] = []
    for cpu in bundle.plan.stages.flatMap(\.device.cpus) where !cpus.contains(cpu) {
      cpus.append(cpu)
    }
    let allowed = CPUAffinity.allowed
    if let unusable = cpus.first(where: { !allowed.contains($0) }) {
      throw IsocutError(
        .infeasible,
        """
        the plan \(bundle.folder)/\(PlanFile.name) uses core \(unusable), which may not be used \
        here (allowed are \(allowed.map(String.init).joined(separator: ","))); partition again on \
        this machine
        """)
    }
    return cpus
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
    let source = try ModelSource(readingFile: modelPath, for: backend)
    guard source.sha256 == plan.model.sha256 else {
      throw IsocutError(
        .badData,
        "\(modelPath) is not the model the bundle was made from; give that one with --model PATH")
    }
    let folder = try WorkFolder()
    defer { folder.remove() }
    let whole = folder.path + "/whole" + (try backend.make().format.fileSuffix)
    try source.file.writeWhole(to: whole, shapes: plan.options.dynamic ? [:] : plan.model.shapes)
    return try await body(whole)
  }

  /// What differs between the machine the plan was made on and this one, a sentence each.
  package func differencesFromThisMachine() throws -> [String] {
    guard bundle.plan.backend != AICTools.backendName else {
      return ["The stage files ran on this machine's cores; the plan's times are those of a card."]
    }
    let (then, now) = (bundle.plan.environment, try Plan.Environment.current(for: backend))
    var differences: [String] = []
    func compare(_ what: String, _ then: String, _ now: String) {
      if then != now {
        differences.append(
          "Warning: the plan was made with \(what) \(then), this is \(now); partition again for this machine."
        )
      }
    }
    compare("the CPU", then.cpuModel, now.cpuModel)
    compare("cores:", String(then.cores), String(now.cores))
    compare("the governor", then.governor, now.governor)
    compare(then.engine, then.engineVersion, now.engineVersion)
    let attached = (try? backend.make().devices()) ?? []
    for stage in bundle.plan.stages where stage.device.cpus.isEmpty {
      guard let device = attached.first(where: { $0.id == stage.device.id }),
        device.kind != stage.device.kind
      else { continue }
      differences.append(
        "Warning: stage \(stage.index) was measured on a device of the kind \(stage.device.kind), and \(device.id) is \(device.kind) here; partition again for this machine."
      )
    }
    return differences
  }
}
