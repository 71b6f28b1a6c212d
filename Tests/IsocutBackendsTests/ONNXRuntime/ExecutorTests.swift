import Foundation
import IsocutBackends
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite(.needsONNXRuntime) struct ExecutorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var model: String
    var inputs: [TensorSpec]
    var outputs: [TensorSpec]
    var plan = InputPlan()
    var testDescription: String { model }
  }

  static let cases = [
    Case(
      model: "open-nsfw",
      inputs: [TensorSpec(name: "input:0", elementType: .float32, shape: [1, 224, 224, 3])],
      outputs: [TensorSpec(name: "outputs", elementType: .float32, shape: [1, 2])]),
    Case(
      model: "magika",
      inputs: [TensorSpec(name: "bytes", elementType: .int32, shape: [1, 2048])],
      outputs: [TensorSpec(name: "target_label", elementType: .float32, shape: [1, 214])],
      plan: InputPlan(ranges: ["bytes": .init(low: 0, high: 256)])),
    Case(
      model: "silero_vad_16k_op15",
      inputs: [
        TensorSpec(name: "input", elementType: .float32, shape: [1, 576]),
        TensorSpec(name: "state", elementType: .float32, shape: [2, 1, 128]),
        TensorSpec(name: "sr", elementType: .int64, shape: []),
      ],
      outputs: [
        TensorSpec(name: "output", elementType: .float32, shape: [1, 1]),
        TensorSpec(name: "stateN", elementType: .float32, shape: [2, 1, 128]),
      ],
      plan: InputPlan(values: ["sr": 16000])),
  ]

  @Test(.needsPythonPeers, arguments: cases)
  func outputsAreThoseOfThePythonPackageByteForByte(_ sample: Case) throws {
    let path = Engine.sample(sample.model)
    let executor = try open(path, sample)
    let inputs = try sample.inputs.map { spec in
      let buffer = TensorBuffer(spec)
      try sample.plan.fill(buffer, item: 0)
      return buffer
    }
    let outputs = sample.outputs.map(TensorBuffer.init)
    let binding = try executor.bind(inputs: inputs, outputs: outputs)
    try binding.run()
    try withTemporaryFolder { folder in
      var arguments = [path, "all", folder]
      for (index, input) in inputs.enumerated() {
        let file = folder + "/input\(index)"
        try Data(input.bytes.prefix(input.spec.byteCount)).write(to: URL(fileURLWithPath: file))
        let sizes = input.spec.shape.map(String.init).joined(separator: ",")
        arguments.append("\(input.spec.name)=\(file):\(input.spec.elementType.rawValue):\(sizes)")
      }
      try Self.runPython(arguments)
      for (index, output) in outputs.enumerated() {
        let expected = try Data(contentsOf: URL(fileURLWithPath: folder + "/\(index)"))
        #expect(Data(output.bytes.prefix(output.spec.byteCount)) == expected)
        #expect(Set(expected).count > 1)
      }
    }
  }

  @Test func twoBindingsOfOneExecutorRunAtTheSameTime() async throws {
    let sample = Self.cases[1]
    let executor = try open(Engine.sample(sample.model), sample)
    #expect(executor.isConcurrent)
    let alone = try Self.run(executor, sample, item: 7)
    let results = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<3 { _ = try Self.run(executor, sample, item: 3) }
          return try Self.run(executor, sample, item: 7)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0 == alone })
    #expect(try Self.run(executor, sample, item: 8) != alone)
  }

  @Test func threadsOfTheEngineStayOnTheirCores() throws {
    let cores = CPUAffinity.allowed
    try #require(cores.count >= 2)
    let before = try Self.threads()
    let sample = Self.cases[1]
    let placement = Placement(cpus: [cores[0], cores[1]], threads: 2, spins: false)
    let executor = try open(Engine.sample(sample.model), sample, placement)
    let added = try Self.threads().subtracting(before)
    let masks = try added.map { thread in
      try String(contentsOfFile: "/proc/self/task/\(thread)/status", encoding: .utf8)
        .split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        .map { $0.dropFirst("Cpus_allowed_list:".count).trimmingCharacters(in: .whitespaces) }
    }
    // Other tests may start threads of their own meanwhile: ours is the one that is pinned.
    #expect(masks.contains(String(cores[1])))
    #expect(try Self.run(executor, sample, item: 0).count == 214 * 4)
  }

  private static func threads() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))
  }

  private static func run(
    _ executor: any Executor, _ sample: Case, item: Int
  ) throws -> [UInt8] {
    let inputs = executor.inputs.map(TensorBuffer.init)
    for input in inputs { try sample.plan.fill(input, item: item) }
    let outputs = executor.outputs.map(TensorBuffer.init)
    try executor.bind(inputs: inputs, outputs: outputs).run()
    return outputs.flatMap { Array($0.bytes) }
  }

  private func open(
    _ path: String, _ sample: Case, _ placement: Placement = Placement(cpus: [])
  ) throws -> any Executor {
    let artifact = try ONNXRuntimeBackend().compile(.stage(file: path, options: RunOptions()))[0]
    return try ONNXRuntimeBackend().open(
      artifact, placement, inputs: sample.inputs, outputs: sample.outputs)
  }

  private static func runPython(_ arguments: [String]) throws {
    let (status, output) = try PythonPeer.run(["scripts/peers/run-model"] + arguments)
    try #require(status == 0, "\(output)")
  }
}
