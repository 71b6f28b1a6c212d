import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite(.needsONNXRuntime) struct PrepareTests {
  private let backend = ONNXRuntimeBackend()

  private func prepare(
    _ path: String, shapes: [String: [Int]] = [:], dimensions: [String: Int] = [:],
    folds: Bool = true, inputs: InputPlan = InputPlan(),
    check: (PreparedModel) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let request = PrepareRequest(
        modelPath: path, shapes: shapes, dimensions: dimensions, folds: folds, inputs: inputs)
      let prepared = try backend.prepare(request, in: folder)
      #expect(prepared.path == folder + "/prepared.onnx")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == ["prepared.onnx"])
      let hash = try ONNXFile(path: prepared.path).sha256()
      #expect(hash == prepared.sha256)
      try check(prepared)
    }
  }

  @Test func aDynamicBatchIsFixedAndEveryTensorSeen() throws {
    try prepare(Engine.sample("open-nsfw"), dimensions: ["unk__653": 1]) { prepared in
      #expect(prepared.isFolded)
      #expect(!prepared.isDynamic)
      #expect(prepared.pinned.isEmpty)
      #expect(
        prepared.inputs
          == [TensorSpec(name: "input:0", elementType: .float32, shape: [1, 224, 224, 3])])
      #expect(
        prepared.outputs == [TensorSpec(name: "outputs", elementType: .float32, shape: [1, 2])])
      let file = try ONNXFile(path: prepared.path)
      #expect(file.inputs.map(\.type.fixedShape) == [[1, 224, 224, 3]])
      #expect(Set(file.tensorNames) == Set(prepared.tensors.keys))
    }
  }

  @Test func branchesFoldAwayWhereFixedShapesDecideThem() throws {
    try prepare(
      Engine.sample("silero_vad_16k_op15"), dimensions: ["batch": 1, "sequence": 576],
      inputs: InputPlan(values: ["sr": 16000])
    ) { prepared in
      #expect(prepared.isFolded)
      let nodes = try ONNXFile(path: prepared.path).nodes
      #expect(!nodes.contains { $0.kind == "If" })
      #expect(nodes.count == 39)
      #expect(prepared.inputs.map(\.name) == ["input", "state", "sr"])
    }
  }

  @Test func aModelThatFixedShapesBreakStaysDynamicAndSaysWhy() throws {
    try prepare(
      Engine.sample("silero_vad"),
      shapes: ["input": [1, 576], "state": [2, 1, 128]], inputs: InputPlan(values: ["sr": 16000])
    ) { prepared in
      #expect(prepared.isDynamic)
      #expect(prepared.notes.contains { $0.hasPrefix("the file keeps its free dimensions") })
      #expect(prepared.inputs.map(\.shape) == [[1, 576], [2, 1, 128], []])
      #expect(prepared.outputs.map(\.shape) == [[1, 1], [2, 1, 128]])
    }
  }

  @Test func constantsThatWouldGrowStayAsTheyAre() throws {
    try prepare(
      Engine.sample("minilm-int8"), dimensions: ["batch": 1, "sequence": 16]
    ) { prepared in
      #expect(!prepared.isFolded)
      #expect(prepared.notes.contains { $0.hasPrefix("constants are not folded") })
      let file = try ONNXFile(path: prepared.path)
      #expect(file.constantBytes < 24_000_000)
      #expect(prepared.outputs.map(\.shape) == [[1, 16, 384]])
    }
  }

  @Test func foldingIsLeftOutOnRequest() throws {
    try prepare(
      Engine.sample("ppocrv5_cls"), dimensions: ["d0": 1], folds: false
    ) { prepared in
      #expect(!prepared.isFolded)
      let file = try ONNXFile(path: prepared.path)
      #expect(file.nodes.contains { $0.kind == "Constant" })
    }
  }

  @Test func initializersAreStruckFromTheInputs() throws {
    try prepare(Engine.made("initializer-inputs")) { prepared in
      #expect(prepared.inputs.map(\.name) == ["x"])
      let session = try backend.open(
        Artifact(
          backend: "onnxruntime", files: [prepared.path], stages: [], options: RunOptions()),
        Placement(cpus: []), inputs: prepared.inputs, outputs: prepared.outputs)
      #expect(session.inputs == prepared.inputs)
    }
  }

  @Test func whatFollowsFromTheDataIsPinnedAndTheRestIsNot() throws {
    try prepare(Engine.made("nonzero")) { prepared in
      #expect(Set(prepared.pinned.keys) == ["where", "places", "positive"])
      #expect(
        prepared.pinned["where"]?.hasPrefix("its shape depends on the data: it was [2, ") == true)
      #expect(prepared.tensors["total"]?.shape == [])
    }
  }

  @Test func dataThatAgreesByChanceIsStillPinned() throws {
    // All ones: every run gives the same shapes.
    try prepare(Engine.made("nonzero"), inputs: InputPlan(values: ["x": 1])) { prepared in
      #expect(Set(prepared.pinned.keys) == ["where", "places", "positive"])
      #expect(prepared.pinned["where"] == "NonZero may give another shape for other data")
      #expect(
        prepared.pinned["places"] == "its shape follows from where, which depends on the data")
    }
  }

  @Test func aSizeThatIsAValueOfTheDataIsPinned() throws {
    try prepare(Engine.made("counted"), inputs: InputPlan(values: ["x": 1])) { prepared in
      #expect(Set(prepared.pinned.keys) == ["places", "ramp"])
      #expect(prepared.pinned["places"] == "Range may give another shape for other data")
    }
  }

  @Test(arguments: ["loop", "scan", "local-function", "ppocrv5_cls-qdq", "open-nsfw-external"])
  func everyKindOfModelIsPreparedAndRuns(_ name: String) throws {
    let dimensions = name == "open-nsfw-external" ? ["unk__653": 1] : [:]
    try prepare(Engine.made(name), dimensions: dimensions) { prepared in
      let executor = try backend.open(
        Artifact(
          backend: "onnxruntime", files: [prepared.path], stages: [], options: RunOptions()),
        Placement(cpus: []), inputs: prepared.inputs, outputs: prepared.outputs)
      let inputs = prepared.inputs.map(TensorBuffer.init)
      for input in inputs { try InputPlan().fill(input, item: 0) }
      let outputs = prepared.outputs.map(TensorBuffer.init)
      try executor.bind(inputs: inputs, outputs: outputs).run()
      #expect(Set(outputs.flatMap { Array($0.bytes) }).count > 4)
    }
  }
}

@Suite(.needsONNXRuntime) struct PrepareErrorTests {
  private func failure(_ request: PrepareRequest) throws -> IsocutError? {
    try withTemporaryFolder { folder in
      #expect(throws: IsocutError.self) {
        try ONNXRuntimeBackend().prepare(request, in: folder)
      }
    }
  }

  @Test func anUnknownOperatorIsNamed() throws {
    let path = Engine.made("custom-domain")
    let error = try #require(try failure(PrepareRequest(modelPath: path)))
    #expect(error.code == .badData)
    #expect(
      error.message
        == "\(path) uses operators that onnxruntime does not have: com.example:Frobnicate")
    #expect("\(error)".contains("because: onnxruntime: "))
  }

  @Test func valuesThatMakeARunFailAreAskedForByName() throws {
    let path = Engine.sample("minilm-int8")
    let error = try #require(
      try failure(
        PrepareRequest(
          modelPath: path, dimensions: ["batch": 1, "sequence": 8],
          inputs: InputPlan(values: ["input_ids": 1_000_000]))))
    #expect(error.code == .usage)
    #expect(error.message.contains("input_ids (int64[1,8])"))
    #expect(error.message.contains("--input-range input_ids=LOW,HIGH"))
  }

  @Test func anInputThatDoesNotExistIsRefusedWithTheList() throws {
    let error = try #require(
      try failure(
        PrepareRequest(
          modelPath: Engine.made("nonzero"), inputs: InputPlan(values: ["nope": 1]))))
    #expect(error.code == .usage)
    #expect(error.message == "the model has no input nope; its inputs are x")
  }

  @Test func aMissingDimensionIsNamed() throws {
    let error = try #require(try failure(PrepareRequest(modelPath: Engine.sample("open-nsfw"))))
    #expect(error.code == .usage)
    #expect(error.message.contains("--dim unk__653=1"))
  }
}
