import IsocutBackends
import IsocutGraph
import IsocutRuntime
import Synchronization

/// A chain of null stages that run at once, with the results they must give.
final class Chain: Sendable {
  let stages: [PipelineStage]
  let inputs: [TensorSpec]
  let outputs: [TensorSpec]

  init(stages: [PipelineStage], inputs: [TensorSpec], outputs: [TensorSpec]) throws {
    self.stages = stages
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Stage i reads tensor t(i-1), or the input x, and writes t(i).
  ///
  /// - Parameter failing: a stage whose every third call fails.
  convenience init(lanes: [Int], failing: Int? = nil) throws {
    let input = TensorSpec(name: "x", elementType: .uint8, shape: [64])
    var stages: [PipelineStage] = []
    var last = input
    for (index, count) in lanes.enumerated() {
      let output = TensorSpec(name: "t\(index)", elementType: .float32, shape: [8, 8])
      let plain = NullExecutor(
        named: "stage \(index)", inputs: [last], outputs: [output], milliseconds: 0)
      let executor = CountingExecutor(plain, failsEveryThird: failing == index)
      stages.append(
        PipelineStage(
          name: "\(index)", lanes: (0..<count).map { _ in .init(executor: executor, cpus: []) },
          inputs: [last], outputs: [output]))
      last = output
    }
    try self.init(stages: stages, inputs: [input], outputs: [last])
  }

  var callCounts: [Int] {
    stages.map { ($0.lanes[0].executor as? CountingExecutor)?.calls.load(ordering: .relaxed) ?? 0 }
  }

  func pipeline(_ options: PipelineOptions = PipelineOptions()) throws -> Pipeline {
    try Pipeline(stages: stages, inputs: inputs, outputs: outputs, options: options)
  }

  func fill(_ tensors: [TensorBuffer], _ item: Int) {
    for tensor in tensors {
      for index in tensor.bytes.indices {
        tensor.bytes[index] = UInt8(truncatingIfNeeded: item &* 31 &+ index)
      }
    }
  }

  /// What the outputs of an item hold: its stages run one after the other in this thread.
  func expected(_ item: Int) throws -> [[UInt8]] {
    var tensors = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, TensorBuffer($0)) })
    fill(inputs.compactMap { tensors[$0.name] }, item)
    for stage in stages {
      for output in stage.outputs { tensors[output.name] = TensorBuffer(output) }
      let executor = stage.lanes[0].executor
      try ((executor as? CountingExecutor)?.plain ?? executor).bind(
        inputs: stage.inputs.compactMap { tensors[$0.name] },
        outputs: stage.outputs.compactMap { tensors[$0.name] }
      ).run()
    }
    return outputs.compactMap { tensors[$0.name] }.map { Array($0.bytes) }
  }
}

/// Counts runs, and lets every third one fail where asked.
final class CountingExecutor: Executor {
  let plain: NullExecutor
  let calls = Atomic(0)
  private let failsEveryThird: Bool

  var inputs: [TensorSpec] { plain.inputs }
  var outputs: [TensorSpec] { plain.outputs }
  var isConcurrent: Bool { true }

  init(_ plain: NullExecutor, failsEveryThird: Bool) {
    self.plain = plain
    self.failsEveryThird = failsEveryThird
  }

  func bind(inputs: [TensorBuffer], outputs: [TensorBuffer]) throws -> any Binding {
    CountingBinding(self, try plain.bind(inputs: inputs, outputs: outputs))
  }

  private final class CountingBinding: Binding {
    private let executor: CountingExecutor
    private let plain: any Binding

    init(_ executor: CountingExecutor, _ plain: any Binding) {
      self.executor = executor
      self.plain = plain
    }

    func run() throws {
      let call = executor.calls.add(1, ordering: .relaxed).newValue
      if executor.failsEveryThird, call % 3 == 0 {
        throw IsocutError(.vendorTool, "third call")
      }
      try plain.run()
    }
  }
}
