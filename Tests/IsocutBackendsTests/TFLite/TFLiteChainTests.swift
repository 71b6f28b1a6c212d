import IsocutBackends
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite(.needsTFLite) struct TFLiteChainTests {
  private func digests(_ model: any CuttableModel, _ cut: Cut, in folder: String) throws
    -> [String]
  {
    let chain = try StageChain(model, cut, on: TFLiteEngine.backend, in: folder)
    TFLiteEngine.fill(chain.inputs)
    try chain.run()
    return chain.outputs.map(TFLiteEngine.digest)
  }

  /// Consecutive units of the contraction in `stageCount` parts of about equal length.
  private func evenCut(_ graph: Graph, stages stageCount: Int) -> Cut {
    let units = graph.contraction.units
    var stageOf = Array(repeating: 0, count: graph.operators.count)
    for (index, unit) in units.enumerated() {
      for member in unit { stageOf[member] = index * stageCount / units.count }
    }
    return Cut(stageCount: stageCount, stageOf: stageOf)
  }

  @Test(
    "A model that is read and written gives the bytes of the original",
    arguments: TFLiteEngine.plain)
  func wholeModel(name: String) throws {
    try withTemporaryFolder { folder in
      let model = try TFLiteEngine.prepare(name, in: folder)
      let found = try digests(model, evenCut(model.graph, stages: 1), in: folder)
      #expect(found == TFLiteEngine.expected(name))
    }
  }

  @Test(
    "Two, three and four stages give the bytes of the whole model",
    arguments: TFLiteEngine.plain)
  func fewStages(name: String) throws {
    try withTemporaryFolder { folder in
      let model = try TFLiteEngine.prepare(name, in: folder)
      for stages in 2...4 where model.graph.contraction.units.count >= stages {
        let found = try digests(model, evenCut(model.graph, stages: stages), in: folder)
        #expect(found == TFLiteEngine.expected(name), "\(stages) stages")
      }
    }
  }

  @Test("Every cut position gives the bytes of the whole model", arguments: TFLiteSample.small)
  func everyPosition(name: String) throws {
    try withTemporaryFolder { folder in
      let model = try TFLiteEngine.prepare(name, in: folder)
      let units = model.graph.contraction.units
      let expected = TFLiteEngine.expected(name)
      #expect(units.count > 1)
      for position in 1..<units.count {
        var stageOf = Array(repeating: 1, count: model.graph.operators.count)
        for unit in units[..<position] { for member in unit { stageOf[member] = 0 } }
        let found = try digests(model, Cut(stageCount: 2, stageOf: stageOf), in: folder)
        #expect(found == expected, "cut after unit \(position)")
      }
    }
  }

  @Test(
    "Chains give the whole model's bytes item by item, also where state passes between items",
    arguments: TFLiteSample.packaged)
  func severalItems(name: String) throws {
    try withTemporaryFolder { folder in
      let model = try TFLiteEngine.prepare(name, in: folder)
      for stages in 2...4 where model.graph.contraction.units.count >= stages {
        let cut = evenCut(model.graph, stages: stages)
        let chain = try StageChain(model, cut, on: TFLiteEngine.backend, in: folder)
        let fresh = try StageChain(
          model, evenCut(model.graph, stages: 1), on: TFLiteEngine.backend, in: folder)
        TFLiteEngine.fill(chain.inputs)
        TFLiteEngine.fill(fresh.inputs)
        for item in 0..<5 {
          try chain.run()
          try fresh.run()
          #expect(
            chain.outputs.map(TFLiteEngine.digest) == fresh.outputs.map(TFLiteEngine.digest),
            "item \(item) of \(stages) stages")
        }
      }
    }
  }
}
