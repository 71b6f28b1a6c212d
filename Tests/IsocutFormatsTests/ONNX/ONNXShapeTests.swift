import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutFormats

struct ONNXShapeTests {
  private func file() throws -> ONNXFile {
    var model = TestONNX.chain(1)
    model.graph.inputs = [
      .init("x", shape: [.named("batch"), .fixed(3), .named("size")]),
      .init("mask", shape: [.named("batch"), .unknown]),
      .init("w0", 1, 4),
    ]
    return try model.opened()
  }

  @Test func `shapes and dimensions together fix every input`() throws {
    let file = try file()
    #expect(
      try file.resolveShapes(shapes: ["mask": [2, 7]], dimensions: ["size": 5])
        == ["x": [2, 3, 5], "mask": [2, 7]])
  }

  @Test(
    arguments: [
      (
        [:], ["batch": 1],
        "dimension size of input x [batch,3,size] has no size; give it: --dim size=1, or the whole shape: --shape x=1,3,?"
      ),
      (
        [:], ["batch": 1, "size": 2],
        "input mask [batch,?] has a dimension without name or size; give the whole shape: --shape mask=1,?"
      ),
      ([:], ["width": 1], "no input has a dimension width; named dimensions are batch, size"),
      (["y": [1]], [:], "no input is called y; inputs are x, mask"),
      (["w0": [1, 4]], [:], "w0 has a value in the model and takes no shape; inputs are x, mask"),
      (["x": [1, 4, 2]], [:], "changes the fixed size 3 to 4"),
      (["x": [1, 3]], [:], "input x has 3 dimensions [batch,3,size], the shape given has 2"),
      (["x": [1, 3, -2]], [:], "cannot have a dimension of size -2"),
      (["x": [1, 3, 2], "mask": [2, 2]], [:], "dimension batch is given as"),
      (["mask": [1 << 40, 1 << 40]], ["size": 1], "larger than any machine"),
    ] as [([String: [Int]], [String: Int], String)])
  func `a size that is missing or wrong is named`(
    _ shapes: [String: [Int]], _ dimensions: [String: Int], _ words: String
  ) throws {
    let file = try file()
    let error = #expect(throws: IsocutError.self) {
      try file.resolveShapes(shapes: shapes, dimensions: dimensions)
    }
    #expect(error?.code == .usage)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func `a copy with fixed sizes loses stale types and gains outputs`() throws {
    try withTemporaryFolder { folder in
      let file = try file()
      let path = folder + "/fixed.onnx"
      try file.write(
        to: path,
        ONNXFile.Rewrite(
          inputShapes: ["x": [2, 3, 5], "mask": [2, 7]], extraOutputs: ["x", "y"]))
      let copy = try ONNXFile(path: path)
      #expect(copy.inputs.map(\.type.fixedShape) == [[2, 3, 5], [2, 7]])
      #expect(copy.model.graph.inputs.count == 2)
      #expect(copy.outputs.map(\.name) == ["y", "x"])
      #expect(copy.outputs.allSatisfy { $0.type.shape == nil })
      #expect(copy.model.graph.valueInfo.isEmpty)
      #expect(throws: IsocutError.self) {
        try file.write(to: path, ONNXFile.Rewrite(inputShapes: ["nobody": [1]]))
      }
      #expect(throws: IsocutError.self) {
        try file.write(to: path, ONNXFile.Rewrite(extraOutputs: ["nobody"]))
      }
    }
  }

  @Test func `a copy without changes has the same bytes`() throws {
    try withTemporaryFolder { folder in
      let file = try TestONNX.chain(3).opened()
      try file.write(to: folder + "/copy.onnx")
      let copy = try ONNXFile(path: folder + "/copy.onnx")
      #expect(copy.mapped.copy(0..<copy.byteCount) == TestONNX.chain(3).encoded)
    }
  }
}
