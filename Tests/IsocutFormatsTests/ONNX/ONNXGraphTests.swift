import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutFormats

struct ONNXGraphTests {
  @Test func `operators and tensors follow the file`() throws {
    let graph = try TestONNX.chain(3).model().graph
    #expect(graph.operators.map(\.id) == ["t0", "t1", "y"])
    #expect(graph.tensors.map(\.name) == ["x", "t0", "t1", "y"])
    #expect(graph.tensors.map(\.producer) == [nil, 0, 1, 2])
    #expect(graph.tensors.map(\.consumers) == [[0], [1], [2], []])
    #expect(graph.constants == ["w0", "w1", "w2"].map { Constant(name: $0, byteCount: 16) })
    #expect(graph.operators.map(\.constants) == [[0], [1], [2]])
    #expect(graph.outputs == [.tensor(3)])
  }

  @Test func `an unsorted file is sorted, and nodes nothing needs are dropped`() throws {
    var model = TestONNX.chain(3)
    model.graph.nodes.reverse()
    model.graph.nodes.append(.init("Relu", ["nobody"], ["unused"]))
    let graph = try model.model().graph
    #expect(graph.operators.map(\.id) == ["t0", "t1", "y"])
    #expect(graph.operators.map(\.filePosition) == [2, 1, 0])
  }

  @Test func `what depends on weights alone is constant and travels with each reader`() throws {
    var model = TestONNX.chain(2)
    model.graph.nodes = [
      .init("Identity", ["w0"], ["v"]),
      .init(
        "Constant", [], ["c"],
        attributes: [.tensor("value", .init("", shape: [4], floats: [1, 2, 3, 4]))]),
      .init("Mul", ["v", "c"], ["vc"]),
      .init("Mul", ["x", "vc"], ["t0"]),
      .init("Mul", ["t0", "vc"], ["y"]),
    ]
    let cuttable = try model.model()
    #expect(cuttable.graph.operators.map(\.id) == ["t0", "y"])
    #expect(cuttable.graph.constants.map(\.byteCount) == [16, 16])
    #expect(cuttable.graph.operators.map(\.constants) == [[0, 1], [0, 1]])
    let second = try cuttable.stageFile([1])
    #expect(second.nodes.map(\.kind) == ["Identity", "Constant", "Mul", "Mul"])
    #expect(second.model.graph.initializers.map(\.tensor.name) == ["w0"])
    #expect(second.inputs.map(\.name) == ["t0"])
  }

  @Test func `a random operator without inputs is no constant, and is noted`() throws {
    var model = TestONNX.chain(1)
    model.graph.nodes = [
      .init("RandomNormal", [], ["r"]), .init("Add", ["x", "r"], ["y"]),
    ]
    let cuttable = try model.model()
    #expect(cuttable.graph.operators.map(\.id) == ["r", "y"])
    #expect(cuttable.notes.count == 1)
    #expect(cuttable.notes[0].contains("RandomNormal"))
  }

  @Test func `bodies of any depth capture tensors and weights from around them`() throws {
    let inner = TestONNX.Graph(
      outputs: [.untyped("i")], nodes: [.init("Mul", ["t0", "w1"], ["i"])])
    let middle = TestONNX.Graph(
      outputs: [.untyped("m")],
      nodes: [
        .init("Not", ["flag"], ["local"]),
        .init(
          "If", ["local"], ["m"],
          attributes: [
            .graph("then_branch", inner), .graph("else_branch", .init(outputs: [.untyped("x")])),
          ]),
      ])
    var model = TestONNX.chain(2)
    model.graph.inputs.append(.init("flag", type: 9))
    model.graph.nodes = [
      .init("Mul", ["x", "w0"], ["t0"]),
      .init(
        "If", ["flag"], ["y"],
        attributes: [
          .graph("then_branch", middle), .graph("else_branch", middle),
        ]),
    ]
    let cuttable = try model.model()
    let graph = cuttable.graph
    #expect(Set(graph.operators[1].inputs.map { graph.tensors[$0].name }) == ["flag", "t0", "x"])
    #expect(graph.operators[1].constants.map { graph.constants[$0].name } == ["w1"])
    let stage = try cuttable.stageFile([1])
    #expect(stage.inputs.map(\.name) == ["x", "flag", "t0"])
    #expect(stage.model.graph.initializers.map(\.tensor.name) == ["w1"])
  }

  @Test func `inputs that are not given hold their place and are no tensors`() throws {
    var model = TestONNX.chain(1)
    model.graph.nodes = [.init("Clip", ["x", "", "w0"], ["y", ""])]
    let graph = try model.model().graph
    #expect(graph.operators[0].inputs == [0])
    #expect(graph.operators[0].outputs == [1])
    #expect(graph.operators[0].constants == [0])
  }

  @Test func `a local function comes along with those it calls, and only they`() throws {
    var model = TestONNX.chain(1)
    model.opsets.append(("local", 1))
    model.functions = ["Outer", "Inner", "Other"].map { name in
      .init(
        name, domain: "local", inputs: ["a"], outputs: ["b"],
        nodes: [
          name == "Outer"
            ? .init("Inner", ["a"], ["b"], domain: "local") : .init("Relu", ["a"], ["b"])
        ])
    }
    model.graph.nodes = [
      .init("Outer", ["x"], ["t0"], domain: "local"),
      .init("Other", ["t0"], ["y"], domain: "local"),
    ]
    model.graph.values = [.init("t0", 1, 4)]
    let cuttable = try model.model()
    #expect(try cuttable.stageFile([0]).model.functions.map(\.id.name) == ["Outer", "Inner"])
    #expect(try cuttable.stageFile([1]).model.functions.map(\.id.name) == ["Other"])
  }

  @Test func `inputs and weights can be outputs without any operator`() throws {
    var model = TestONNX.chain(2)
    model.graph.outputs += [.init("x", 1, 4), .init("w0", 1, 4)]
    let graph = try model.model().graph
    #expect(graph.outputs == [.tensor(2), .tensor(0), .constant(0)])
  }

  @Test func `sparse weights are constants`() throws {
    var model = TestONNX.chain(1)
    model.graph.initializers = []
    model.graph.sparse = [
      (.init("w0", shape: [1], floats: [3]), .init("", shape: [1], int64s: [2]), [1, 4])
    ]
    let cuttable = try model.model()
    #expect(cuttable.graph.constants == [Constant(name: "w0", byteCount: 12)])
    #expect(try cuttable.stageFile([0]).model.graph.sparseInitializers.map(\.name) == ["w0"])
  }

  @Test func `tensors that cannot cross tie their operators, and say why`() throws {
    var model = TestONNX.chain(4)
    model.graph.nodes[1].kind = "SequenceConstruct"
    model.graph.values = [.init("t0", 1, 4), .untyped("t1"), .init("t2", 1, 4)]
    let graph = try model.model(pinned: ["t2": "its shape depends on data"]).graph
    #expect(graph.ties.map(\.operators) == [[1, 2], [2, 3]])
    #expect(graph.ties.map(\.reason) == ["it is not a tensor", "its shape depends on data"])
    #expect(graph.contraction.units == [[0], [1, 2, 3]])
  }

  @Test func `work is counted from shapes`() throws {
    func macs(_ kind: String, _ input: [Int], _ weight: [Int], _ output: [Int]) throws -> Int? {
      try TestONNX(
        .init(
          inputs: [.init("x", shape: input.map(TestONNX.Value.Size.fixed))],
          outputs: [.init("y", shape: output.map(TestONNX.Value.Size.fixed))],
          nodes: [.init(kind, ["x", "w"], ["y"])],
          initializers: [
            .init("w", shape: weight, floats: Array(repeating: 0, count: weight.reduce(1, *)))
          ])
      ).model().graph.operators[0].macs
    }
    #expect(try macs("Conv", [1, 3, 8, 8], [4, 3, 3, 3], [1, 4, 6, 6]) == 4 * 36 * 27)
    #expect(try macs("ConvTranspose", [1, 3, 4, 4], [3, 2, 2, 2], [1, 2, 8, 8]) == 48 * 8)
    #expect(try macs("MatMul", [2, 5, 6], [6, 7], [2, 5, 7]) == 2 * 5 * 6 * 7)
    #expect(try macs("Gemm", [5, 6], [6, 7], [5, 7]) == 5 * 6 * 7)
    #expect(try macs("Relu", [5, 6], [1], [5, 6]) == nil)
  }

  @Test(arguments: [
    ("dangling", "Mul node y reads tensor nothing, which nothing in the model makes"),
    ("twice", "tensor t0 is made twice: by Mul node t0 (node 0 of the file)"),
    ("cycle", "2 nodes depend on each other in a circle"),
    ("self", "Mul node t0 reads its own output t0"),
    (
      "opset",
      "Frob node y belongs to the operator set com.example, which the model does not import"
    ),
    ("output", "the model returns tensor gone, which nothing in the model makes"),
  ])
  func `a graph that is not valid is refused by name`(_ fault: String, _ words: String) throws {
    var model = TestONNX.chain(2)
    switch fault {
    case "dangling": model.graph.nodes[1].inputs[0] = "nothing"
    case "twice": model.graph.nodes[1].outputs = ["y", "t0"]
    case "cycle": model.graph.nodes[0].inputs[0] = "y"
    case "self": model.graph.nodes[0].inputs[0] = "t0"
    case "opset":
      model.graph.nodes[1].kind = "Frob"
      model.graph.nodes[1].domain = "com.example"
    default: model.graph.outputs.append(.untyped("gone"))
    }
    let error = #expect(throws: IsocutError.self) { try model.model() }
    #expect(error?.code == .badData)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
