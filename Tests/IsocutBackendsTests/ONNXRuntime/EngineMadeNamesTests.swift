import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite(.needsONNXRuntime) struct EngineMadeNamesTests {
  private let backend = ONNXRuntimeBackend()

  /// Saved by the engine with the fusion whose names collide: stages of the raw file do not load.
  @Test(arguments: [true, false])
  func stagesOfAModelThatTheEngineSavedLoadAtEveryLevel(_ folds: Bool) throws {
    try withTemporaryFolder { folder in
      let request = PrepareRequest(modelPath: Engine.made("minilm-basic"), folds: folds)
      let prepared = try backend.prepare(request, in: folder)
      let model = try prepared.openModel()
      let units = model.graph.contraction.units
      for count in [4, 7] {
        var stageOf = Array(repeating: 0, count: model.graph.operators.count)
        for (index, unit) in units.enumerated() {
          for member in unit { stageOf[member] = index * count / units.count }
        }
        let cut = Cut(stageCount: count, stageOf: stageOf)
        for level in [RunOptions.OptimizationLevel.extended, .all] {
          let options = RunOptions(optimizationLevel: level)
          _ = try StageChain(model, cut, on: backend, in: folder, options: options)
        }
      }
    }
  }

  @Test func onlyConstantsGetOtherNames() throws {
    try withTemporaryFolder { folder in
      let source = try ONNXFile(path: Engine.made("minilm-basic"))
      let request = PrepareRequest(modelPath: source.path, folds: false)
      let prepared = try ONNXFile(path: try backend.prepare(request, in: folder).path)
      #expect(prepared.tensorNames == source.tensorNames)
      #expect(prepared.inputs.map(\.name) == source.inputs.map(\.name))
      #expect(prepared.constantBytes == source.constantBytes)
      let made = source.initializerNames.filter { $0.hasPrefix("gemm_") }
      #expect(made.count == 24)
      #expect(prepared.initializerNames.isDisjoint(with: made))
      #expect(
        prepared.initializerNames
          == source.initializerNames.subtracting(made).union(made.map { "isocut/" + $0 }))
    }
  }
}
