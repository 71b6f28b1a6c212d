import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite(.needsONNXRuntime, .serialized) struct FirstCostsTests {
  private let backend = ONNXRuntimeBackend()

  /// The operators with their times, and the time of the whole run.
  private func costs(
    _ path: String, _ level: RunOptions.OptimizationLevel, dimensions: [String: Int] = [:],
    shapes: [String: [Int]] = [:], inputs: InputPlan = InputPlan()
  ) throws -> (graph: Graph, costs: FirstCosts) {
    try withTemporaryFolder { folder in
      let prepared = try backend.prepare(
        PrepareRequest(
          modelPath: path, shapes: shapes, dimensions: dimensions, inputs: inputs), in: folder)
      let costs = try #require(
        try backend.firstCosts(
          prepared, RunOptions(optimizationLevel: level), inputs: inputs, in: folder))
      return (try prepared.openModel().graph, costs)
    }
  }

  /// What other programs take can fall on one of the two runs, so the best of three counts.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["ISOCUT_QUIET_MACHINE"] == "1",
      "compares times: set ISOCUT_QUIET_MACHINE=1 where nothing else runs"),
    arguments: [RunOptions.OptimizationLevel.off, .basic, .all])
  func timesOfOperatorsAddUpToTheWholeRun(_ level: RunOptions.OptimizationLevel) throws {
    var errors: [Double] = []
    for _ in 0..<3 where !errors.contains(where: { $0 < 0.1 }) {
      let (graph, costs) = try costs(
        Engine.sample("open-nsfw"), level, dimensions: ["unk__653": 1])
      #expect(costs.milliseconds.count == graph.operators.count)
      let sum = costs.milliseconds.reduce(0, +)
      errors.append(abs(sum / costs.wholeMilliseconds - 1))
    }
    #expect(errors.contains { $0 < 0.1 }, "errors: \(errors)")
  }

  @Test func fusedConvolutionsGetTheTime() throws {
    let (graph, costs) = try costs(
      Engine.sample("ch_PP-OCRv4_det_infer"), .all, shapes: ["x": [1, 3, 64, 64]])
    // Where an activation is fused into a convolution, the operator whose output is left has both.
    let heavy: Set<String> = ["Conv", "ConvTranspose", "Relu", "Clip", "Add", "HardSigmoid", "Mul"]
    var share: [String: Double] = [:]
    for (element, time) in zip(graph.operators, costs.milliseconds) {
      share[element.kind, default: 0] += time
    }
    let total = costs.milliseconds.reduce(0, +)
    #expect(share.filter { heavy.contains($0.key) }.values.reduce(0, +) > 0.8 * total)
  }

  /// The blocked layout gives nearly every node another name.
  @Test(arguments: [
    ("ppocrv5_cls", ["x": [1, 3, 80, 160]]),
    ("ch_ppocr_mobile_v2.0_cls_infer", ["x": [1, 3, 48, 192]]),
    ("ppocrv5_det", ["x": [1, 3, 320, 320]]), ("open-nsfw", ["input:0": [1, 224, 224, 3]]),
  ])
  func timesAreSpreadOverManyOperators(_ name: String, shapes: [String: [Int]]) throws {
    let (graph, costs) = try costs(Engine.sample(name), .all, shapes: shapes)
    let timed = costs.milliseconds.count { $0 > 0 }
    #expect(timed > graph.operators.count / 4, "\(timed) of \(graph.operators.count)")
  }

  @Test func bodiesAreCountedOnceWithTheNodeThatHoldsThem() throws {
    let (_, costs) = try costs(
      Engine.sample("silero_vad"), .all, shapes: ["input": [1, 576], "state": [2, 1, 128]],
      inputs: InputPlan(values: ["sr": 16000]))
    let sum = costs.milliseconds.reduce(0, +)
    #expect(sum > 0.5 * costs.wholeMilliseconds && sum < 1.1 * costs.wholeMilliseconds)
  }
}

@Suite struct ProfileTraceTests {
  @Test func medianTimesAreThoseOfTopLevelNodesAfterWarmUp() throws {
    func node(_ name: String, _ kind: String, _ start: Int, _ duration: Int) -> String {
      """
      {"cat":"Node","pid":1,"tid":1,"ts":\(start),"dur":\(duration),"ph":"X",
      "name":"\(name)_kernel_time","args":{"op_name":"\(kind)","node_index":"0"}}
      """
    }
    func session(_ name: String, _ start: Int, _ duration: Int) -> String {
      #"{"cat":"Session","ts":\#(start),"dur":\#(duration),"ph":"X","name":"\#(name)","args":{}}"#
    }
    var events = [session("session_initialization", 0, 9)]
    for (run, first) in [100, 7, 5, 6].enumerated() {
      let base = 1000 * (run + 1)
      events += [
        node("a", "Conv", base, first), node("inner", "Add", base + 120, 5),
        session("SequentialExecutor::Execute", base + 118, 9),
        node("branch", "If", base + 110, 20), node("", "Relu", base + 140, 0),
        session("model_run", base, 200),
      ]
    }
    let trace = try ProfileTrace(json: Data("[\(events.joined(separator: ","))]".utf8))
    #expect(trace.runs.count == 4)
    let medians = try #require(trace.medians(droppingFirst: 1))
    #expect(medians.nodes.map(\.name) == ["a", "branch", ""])
    #expect(medians.nodes.map(\.microseconds) == [6, 20, 0])
    // The whole run leaves the branch less than the profiler says.
    let shared = medians.milliseconds(ofWhole: 0.016)
    #expect(shared[0] == 0.006)
    #expect(abs(shared[1] - 0.01) < 1e-9)
    #expect(medians.milliseconds(ofWhole: 0.1) == [0.006, 0.02, 0])
  }
}

@Suite struct CostAttributionTests {
  /// x -> a (Conv) -> b (Relu) -> c (MatMul)
  private let graph = Graph(
    name: "chain",
    operators: ["Conv", "Relu", "MatMul"].enumerated().map { index, kind in
      Operator(
        id: ["a", "b", "c"][index], name: "\(kind)_\(index)", kind: kind, domain: "",
        inputs: [index],
        outputs: [index + 1], constants: [], filePosition: index)
    },
    tensors: ["x", "a", "b", "c"].enumerated().map { index, name in
      Tensor(
        name: name, type: .unknown, producer: index == 0 ? nil : index - 1,
        consumers: index == 3 ? [] : [index])
    },
    constants: [], inputs: [0], outputs: [.tensor(3)])

  @Test func fusedNodesLayoutChangesAndNewNodesFindTheirOperator() {
    func node(_ kind: String, _ inputs: [String], _ outputs: [String]) -> ONNXNode {
      ONNXNode(name: "", kind: kind, domain: "", inputs: inputs, outputs: outputs)
    }
    let nodes = [
      node("ReorderInput", ["x"], ["reorder_0"]),  // of the convolution behind it
      node("Conv", ["reorder_0", "w"], ["b_nchwc"]),  // Conv and Relu in one
      node("ReorderOutput", ["b_nchwc"], ["b"]),
      node("MatMul", ["b", "w2"], ["c_partial"]),  // makes no tensor of the graph
      node("Add", ["c_partial", "bias"], ["c"]),
    ]
    #expect(CostAttribution(nodes, graph: graph).operators == [1, 1, 1, 1, 2])
  }

  @Test func nodesWhoseOutputsHaveNewNamesFindTheirOperatorByTheirOwnName() {
    let nodes = [
      ONNXNode(
        name: "Relu_1_nchwc", kind: "Conv", domain: "", inputs: ["x", "w"],
        outputs: ["reorder_token_0"]),
      ONNXNode(
        name: "MatMul_2", kind: "MatMul", domain: "", inputs: ["reorder_token_0"],
        outputs: ["token_1"]),
      ONNXNode(
        name: "new", kind: "ReorderOutput", domain: "", inputs: ["token_1"], outputs: ["c"]),
    ]
    #expect(CostAttribution(nodes, graph: graph).operators == [1, 2, 2])
  }

  @Test func nodesNamedAfterTheTensorTheyMadeFindItsOperator() {
    let nodes = [
      ONNXNode(
        name: "a_nchwc", kind: "Conv", domain: "", inputs: ["x", "w"],
        outputs: ["reorder_token_0"]),
      ONNXNode(
        name: "b_nchwc_token_4", kind: "Conv", domain: "", inputs: ["reorder_token_0"],
        outputs: ["reorder_token_1"]),
      ONNXNode(
        name: "c", kind: "MatMul", domain: "", inputs: ["reorder_token_1"], outputs: ["y"]),
    ]
    #expect(CostAttribution(nodes, graph: graph).operators == [0, 1, 2])
  }
}
