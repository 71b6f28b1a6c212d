import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutFormats

struct ConstantRenamesTests {
  private func rewritten(_ model: TestONNX, _ names: Set<String>) throws -> ONNXFile {
    try withTemporaryFolder { folder in
      let path = folder + "/copy.onnx"
      try model.opened().write(to: path, .init(renamedInitializers: names))
      return try ONNXFile(path: path)
    }
  }

  @Test func `a renamed initializer keeps its data and its readers`() throws {
    var model = TestONNX.chain(3)
    // As in files that were renamed before: the new name is taken.
    model.graph.initializers[2].name = "isocut/w1"
    model.graph.nodes[2].inputs[1] = "isocut/w1"
    let copy = try rewritten(model, ["w1", "no such name"])
    #expect(
      copy.nodes.map(\.inputs) == [["x", "w0"], ["t0", "isocut/w1_"], ["t1", "isocut/w1"]])
    #expect(
      copy.model.graph.initializers.map(\.tensor.name) == ["w0", "isocut/w1_", "isocut/w1"])
    for (before, after) in zip(model.graph.initializers, copy.model.graph.initializers) {
      #expect(copy.mapped.copy(try #require(after.tensor.raw)) == before.raw)
    }
    // What did not change keeps its bytes.
    let bytes = copy.mapped.copy(0..<copy.byteCount)
    #expect(bytes.firstRange(of: model.graph.nodes[0].encoded) != nil)
  }

  @Test func `inputs, outputs and values of nodes keep their names`() throws {
    var model = TestONNX.chain(3)
    model.graph.inputs.append(.init("w0", 1, 4))
    model.graph.outputs.append(.init("w1", 1, 4))
    let copy = try rewritten(model, ["x", "y", "t0", "w0", "w1", "w2"])
    #expect(copy.nodes.map(\.inputs) == [["x", "w0"], ["t0", "w1"], ["t1", "isocut/w2"]])
    #expect(copy.outputs.map(\.name) == ["y", "w1"])
    _ = try ONNXModel(file: copy)
  }

  @Test func `bodies read the new name unless they mean a value of their own`() throws {
    var model = TestONNX.chain(2)
    let reads = TestONNX.Graph(
      outputs: [.untyped("a")], nodes: [.init("Mul", ["t0", "w1"], ["a"])])
    let returns = TestONNX.Graph(outputs: [.untyped("w1")])
    let makes = TestONNX.Graph(
      outputs: [.untyped("b")],
      nodes: [.init("Neg", ["t0"], ["v"]), .init("Neg", ["v"], ["b"])],
      initializers: [.init("own", shape: [1], floats: [1])])
    let holds = TestONNX.Graph(
      outputs: [.untyped("c")], nodes: [.init("Mul", ["t0", "v"], ["c"])],
      initializers: [.init("v", shape: [1], floats: [1])])
    for (index, (then, other)) in [(reads, returns), (makes, holds)].enumerated() {
      model.graph.nodes.append(
        .init(
          "If", ["y"], ["z\(index)"],
          attributes: [.graph("then_branch", then), .graph("else_branch", other)]))
      model.graph.outputs.append(.untyped("z\(index)"))
    }
    let copy = try rewritten(model, ["w1", "v"])
    let records = copy.model.graph.nodes
    #expect(Set(records[2].contents.captures) == ["t0", "isocut/w1"])
    #expect(records[3].contents.captures == ["t0"])
    #expect(records[3].contents.bodyInitializers == ["own", "isocut/v"])
    #expect(records[3].contents.bodyNames.isSuperset(of: ["v", "isocut/v"]))
    _ = try ONNXModel(file: copy)
  }
}
