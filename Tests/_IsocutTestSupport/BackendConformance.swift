internal import Foundation
package import IsocutBackends
internal import IsocutFormats
internal import IsocutGraph
internal import Testing

/// What every backend must do, checked on one model. Backends above the protocol are treated alike,
/// so each of them passes this, or is not one.
///
/// - Parameters:
///   - modelPath: a model of the backend's format with fixed input shapes that has at least two
///     operators, keeps no state, and whose outputs depend on its inputs.
///   - options: at which stages give the very bytes of the whole model; levels that fuse operators
///     across a cut may round differently.
///   - folder: an empty folder to write to.
package func checkBackend(
  _ backend: any Backend, modelPath: String, options: RunOptions = RunOptions(), in folder: String
) throws {
  guard case .ready(let version, _, _) = backend.availability() else {
    Issue.record("\(backend.name) is not available: \(backend.availability())")
    return
  }
  #expect(!version.isEmpty)
  let conformance = try BackendConformance(
    backend, modelPath: modelPath, options: options, folder: folder)
  try conformance.preparesTheSameFileTwice()
  try conformance.knowsCostsOfAllOperators()
  try conformance.measuresUntilToldToStop()
  try conformance.refusesABadFile()
  guard backend.executes else { return }
  try conformance.givesTheSameResultTwice()
  try conformance.chainEqualsWhole()
  try conformance.runsConcurrentlyWhereItSaysSo()
  try conformance.runsOnEachDevice()
}

private struct BackendConformance {
  let backend: any Backend
  let modelPath: String
  let options: RunOptions
  let folder: String
  let prepared: PreparedModel
  let model: any CuttableModel
  let whole: Artifact

  init(
    _ backend: any Backend, modelPath: String, options: RunOptions, folder: String
  ) throws {
    self.backend = backend
    self.modelPath = modelPath
    self.options = options
    self.folder = folder
    prepared = try backend.prepare(PrepareRequest(modelPath: modelPath), in: folder)
    model = try prepared.openModel()
    let compiled = try backend.compile(.stage(file: prepared.path, options: options))
    whole = try #require(compiled.first)
  }

  func preparesTheSameFileTwice() throws {
    let second = folder + "/again"
    try FileManager.default.createDirectory(atPath: second, withIntermediateDirectories: true)
    let again = try backend.prepare(PrepareRequest(modelPath: modelPath), in: second)
    #expect(again.sha256 == prepared.sha256)
    #expect(again.tensors == prepared.tensors)
    #expect(prepared.path.hasPrefix(folder), "prepare writes outside its folder")
    #expect(!prepared.inputs.isEmpty && !prepared.outputs.isEmpty)
  }

  func knowsCostsOfAllOperators() throws {
    guard
      let costs = try backend.firstCosts(prepared, options, inputs: InputPlan(), in: folder)
    else { return }
    #expect(costs.milliseconds.count == model.graph.operators.count)
    #expect(costs.milliseconds.allSatisfy { $0 >= 0 && $0.isFinite })
    #expect(costs.wholeMilliseconds > 0)
  }

  func measuresUntilToldToStop() throws {
    var samples: [Double] = []
    _ = try backend.measure(
      whole,
      Load(
        lanes: [Placement(cpus: [], threads: 1)], inputs: prepared.inputs,
        outputs: prepared.outputs, inputPlan: InputPlan())
    ) { sample in
      samples.append(sample)
      return samples.count < 7
    }
    #expect(samples.count == 7)
    #expect(samples.allSatisfy { $0 > 0 && $0.isFinite })
  }

  /// A compiler's failure is the vendor's tool's: why it refuses a file, only it knows.
  func refusesABadFile() throws {
    let path = folder + "/bad" + backend.format.fileSuffix
    try Data("no model at all".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: IsocutError.self) {
      let artifacts = try backend.compile(.stage(file: path, options: options))
      _ = try backend.open(
        try #require(artifacts.first), Placement(cpus: [], threads: 1), inputs: prepared.inputs,
        outputs: prepared.outputs)
    }
    #expect(error?.code == (try backend.compilerVersion() == nil ? .badData : .vendorTool))
  }

  func givesTheSameResultTwice() throws {
    let executor = try open(whole, prepared.inputs, prepared.outputs)
    #expect(executor.inputs == prepared.inputs && executor.outputs == prepared.outputs)
    let first = try run(executor, item: 0)
    #expect(try run(executor, item: 0) == first)
    #expect(try run(executor, item: 1) != first, "the model's outputs ignore its inputs")
  }

  func chainEqualsWhole() throws {
    let expected = try run(open(whole, prepared.inputs, prepared.outputs), item: 3)
    let count = model.graph.operators.count
    for cut in Set([1, count / 3, count / 2, count - 1]) where (1..<count).contains(cut) {
      let stages = [
        OperatorSet(0..<cut, capacity: count), OperatorSet(cut..<count, capacity: count),
      ]
      let isTied = model.graph.ties.contains { tie in
        Set(tie.operators.map { $0 < cut }).count > 1
      }
      guard !isTied else { continue }
      #expect(try chain(stages, item: 3) == expected, "cut after operator \(cut - 1)")
    }
  }

  func runsConcurrentlyWhereItSaysSo() throws {
    let executor = try open(whole, prepared.inputs, prepared.outputs)
    guard executor.isConcurrent else { return }
    let expected = try run(executor, item: 5)
    let threads = try (0..<2).map { index in
      try JoinableThread(name: "conformance-\(index)", cpus: []) {
        #expect(throws: Never.self) {
          for _ in 0..<10 {
            let result = try run(executor, item: 5)
            #expect(result == expected)
          }
        }
      }
    }
    for thread in threads { thread.join() }
  }

  /// The same bytes on each device that is no CPU core, and none on a device that is not there.
  func runsOnEachDevice() throws {
    let count = try backend.devices().count
    guard count > 0 else { return }
    func open(_ accelerator: Int) throws -> any Executor {
      try backend.open(
        whole, Placement(cpus: [], accelerator: accelerator), inputs: prepared.inputs,
        outputs: prepared.outputs)
    }
    let expected = try run(open(0), item: 2)
    for accelerator in 1..<count {
      #expect(try run(open(accelerator), item: 2) == expected, "device \(accelerator)")
    }
    #expect(throws: IsocutError.self) { try open(count) }
  }

  private func chain(_ stages: [OperatorSet], item: Int) throws -> [[UInt8]] {
    var tensors: [String: TensorBuffer] = [:]
    for input in prepared.inputs {
      let buffer = TensorBuffer(input)
      try InputPlan().fill(buffer, item: item)
      tensors[input.name] = buffer
    }
    for (index, stage) in stages.enumerated() {
      let file = folder + "/stage\(index)" + backend.format.fileSuffix
      try? FileManager.default.removeItem(atPath: file)
      try model.writeStage(stage, to: file)
      let boundary = model.graph.boundary(of: stage)
      let inputs = try boundary.inputs.map { try spec(of: $0) }
      let outputs = try boundary.outputs.map { try spec(of: $0) }
      let compiled = try backend.compile(.stage(file: file, options: options))
      let artifact = try #require(compiled.first)
      for output in outputs { tensors[output.name] = TensorBuffer(output) }
      try open(artifact, inputs, outputs).bind(
        inputs: try inputs.map { try #require(tensors[$0.name]) },
        outputs: try outputs.map { try #require(tensors[$0.name]) }
      ).run()
    }
    return try prepared.outputs.map { Array(try #require(tensors[$0.name]).bytes) }
  }

  private func spec(of tensor: TensorIndex) throws -> TensorSpec {
    let name = model.graph.tensors[tensor].name
    return try #require(
      prepared.tensors[name] ?? prepared.inputs.first { $0.name == name }, "\(name)")
  }

  private func open(
    _ artifact: Artifact, _ inputs: [TensorSpec], _ outputs: [TensorSpec]
  ) throws -> any Executor {
    try backend.open(
      artifact, Placement(cpus: [], threads: 1), inputs: inputs, outputs: outputs)
  }
}

private func run(_ executor: any Executor, item: Int) throws -> [[UInt8]] {
  let inputs = executor.inputs.map(TensorBuffer.init)
  let outputs = executor.outputs.map(TensorBuffer.init)
  for input in inputs { try InputPlan().fill(input, item: item) }
  try executor.bind(inputs: inputs, outputs: outputs).run()
  return outputs.map { Array($0.bytes) }
}
