import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite(.needsONNXRuntime) struct WeightsBesideTests {
  /// As for stages above 2 GiB, with a smaller limit.
  @Test func stagesWithWeightsBesideThemComputeTheSame() throws {
    try withTemporaryFolder { folder in
      let backend = ONNXRuntimeBackend()
      let path = Engine.made("open-nsfw-external")
      let prepared = try backend.prepare(
        PrepareRequest(modelPath: path, dimensions: ["unk__653": 1], folds: false), in: folder)
      let specs = prepared.inputs + Array(prepared.tensors.values)
      let types = Dictionary(
        specs.map { ($0.name, TensorType(element: $0.elementType, fixedShape: $0.shape)) },
        uniquingKeysWith: { first, _ in first })
      // The prepared file holds its weights itself; the model as it came keeps them beside.
      var model = try ONNXModel(file: ONNXFile(path: path), types: types)
      let count = model.graph.operators.count
      let cut = Cut(
        stageCount: 2, stageOf: (0..<count).map { $0 * 2 / count })
      func outputs() throws -> [[UInt8]] {
        let chain = try StageChain(model, cut, on: backend, in: folder)
        for input in chain.inputs { try InputPlan().fill(input, item: 0) }
        try chain.run()
        return chain.outputs.map { Array($0.bytes) }
      }
      let inside = try outputs()
      #expect(!FileManager.default.fileExists(atPath: folder + "/stage-0.onnx.data"))
      model.largestStageFile = 1 << 20
      #expect(try outputs() == inside)
      #expect(FileManager.default.fileExists(atPath: folder + "/stage-0.onnx.data"))
    }
  }
}
