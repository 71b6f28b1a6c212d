import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutFormats

struct ONNXStageTests {
  @Test func `a stage keeps nodes, weights and unknown fields byte for byte`() throws {
    var unknown = TestONNX.Message()
    unknown.text(99, "not known to any reader")
    var model = TestONNX.chain(3)
    model.unknownFields = unknown.encoded
    model.graph.unknownFields = unknown.encoded
    model.graph.nodes[1].unknownFields = unknown.encoded
    let bytes = try model.model().stageBytes([1])
    for part in [
      unknown.encoded, model.graph.nodes[1].encoded, model.graph.initializers[1].encoded,
    ] {
      #expect(bytes.firstRange(of: part) != nil)
    }
    // In the node, the graph and the model.
    #expect(bytes.ranges(of: unknown.encoded).count == 3)
    #expect(bytes.firstRange(of: model.graph.initializers[0].encoded) == nil)
  }

  @Test func `equal stages give equal bytes and keys, and another weight another key`() throws {
    let model = try TestONNX.chain(3).model()
    #expect(try model.stageBytes([0, 1]) == model.stageBytes([0, 1]))
    let set = OperatorSet([0, 1], capacity: 3)
    let key = try model.contentKey(ofStage: set)
    #expect(key.count == 64)
    #expect(try TestONNX.chain(3).model().contentKey(ofStage: set) == key)
    #expect(try model.contentKey(ofStage: OperatorSet([1, 2], capacity: 3)) != key)
    var other = TestONNX.chain(3)
    other.graph.initializers[0].raw[0] ^= 1
    #expect(try other.model().contentKey(ofStage: set) != key)
    other = TestONNX.chain(3)
    other.graph.initializers[2].raw[0] ^= 1
    #expect(try other.model().contentKey(ofStage: set) == key)
  }

  @Test func `weights with a default are no inputs of a stage, and an old version is raised`()
    throws
  {
    var model = TestONNX.chain(2)
    model.irVersion = 3
    model.graph.inputs += [.init("w0", 1, 4), .init("w1", 1, 4)]
    let stage = try model.model().stageFile([0])
    #expect(stage.model.graph.inputs.map(\.name) == ["x"])
    #expect(stage.irVersion == 4)
  }

  @Test func `a repeated node name is left out the second time, and nothing else`() throws {
    var model = TestONNX.chain(3)
    for index in 0..<3 { model.graph.nodes[index].name = "same" }
    let stage = try model.model().stageFile([0, 1])
    #expect(stage.nodes.map(\.name) == ["same", ""])
    #expect(stage.nodes.map(\.inputs) == [["x", "w0"], ["t0", "w1"]])
  }

  @Test func `types of an engine run stand at the edges of a stage`() throws {
    var model = TestONNX.chain(3)
    model.graph.values = []
    let types = ["t0": TensorType(element: .float32, fixedShape: [1, 4])]
    let stage = try model.model(types: types).stageFile([1, 2])
    #expect(stage.inputs == [ModelValue(name: "t0", type: types["t0"]!)])
    let error = #expect(throws: IsocutError.self) { try model.model().stageFile([1, 2]) }
    #expect(error?.message.contains("the element type of tensor t0 is not known") == true)
  }

  @Test func `a model with free sizes keeps them free between its stages`() throws {
    var model = TestONNX.chain(2)
    model.graph.inputs = [.init("x", shape: [.named("batch"), .fixed(4)])]
    model.graph.values = []
    let types = ["t0": TensorType(element: .float32, fixedShape: [7, 4])]
    let stage = try model.model(types: types).stageFile([1])
    #expect(stage.inputs[0].type.shape == [.unknown, .unknown])
  }

  @Test func `a tensor that is read inside and returned is an output of its stage`() throws {
    var model = TestONNX.chain(3)
    model.graph.outputs.insert(.init("t0", 1, 4), at: 0)
    let cuttable = try model.model()
    #expect(try cuttable.stageFile([0, 1]).outputs.map(\.name) == ["t0", "t1"])
    #expect(try cuttable.stageFile([0, 1, 2]).outputs.map(\.name) == ["t0", "y"])
  }

  @Test func `nothing is left where a stage cannot be written`() throws {
    let model = try TestONNX.chain(2).model()
    let all = OperatorSet([0, 1], capacity: 2)
    let full = #expect(throws: IsocutError.self) { try model.writeStage(all, to: "/dev/full") }
    #expect(full?.code == .inputOutput)
    try withTemporaryFolder { folder in
      let missing = #expect(throws: IsocutError.self) {
        try model.writeStage(all, to: folder + "/none/stage.onnx")
      }
      #expect(missing?.code == .cannotCreate)
      // A folder stands where the file should go: the write succeeds, the move does not.
      try FileManager.default.createDirectory(
        atPath: folder + "/stage.onnx/inner", withIntermediateDirectories: true)
      #expect(throws: IsocutError.self) { try model.writeStage(all, to: folder + "/stage.onnx") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["stage.onnx"])
    }
  }

  @Test func `external weights move into the stage`() throws {
    try withTemporaryFolder { folder in
      var model = TestONNX.chain(2)
      let weights = model.graph.initializers.flatMap(\.raw)
      try Data(weights).write(to: URL(fileURLWithPath: folder + "/w.bin"))
      for index in 0..<2 {
        model.graph.initializers[index] = .init(
          "w\(index)", shape: [1, 4], location: "w.bin", offset: 16 * index, length: 16)
      }
      try model.write(to: folder + "/model.onnx")
      let file = try ONNXFile(path: folder + "/model.onnx")
      #expect(file.constantBytes == 32)
      #expect(file.externalFiles == ["w.bin"])
      let cuttable = try ONNXModel(file: file)
      let stage = try cuttable.stageFile([1])
      #expect(stage.externalFiles.isEmpty)
      let raw = try #require(stage.model.graph.initializers[0].tensor.raw)
      #expect(stage.mapped.copy(raw) == Array(weights[16...]))
      // The same content, inside or beside, is the same stage.
      let inside = try TestONNX.chain(2).model()
      let set = OperatorSet([1], capacity: 2)
      #expect(try cuttable.contentKey(ofStage: set) == inside.contentKey(ofStage: set))
    }
  }

  @Test func `external weights too large for one file go beside the stage`() throws {
    try withTemporaryFolder { folder in
      var model = TestONNX.chain(2)
      let weights = model.graph.initializers.flatMap(\.raw)
      try Data(weights).write(to: URL(fileURLWithPath: folder + "/w.bin"))
      for index in 0..<2 {
        model.graph.initializers[index] = .init(
          "w\(index)", shape: [1, 4], location: "w.bin", offset: 16 * index, length: 16)
      }
      try model.write(to: folder + "/model.onnx")
      var cuttable = try ONNXModel(file: ONNXFile(path: folder + "/model.onnx"))
      let all = OperatorSet([0, 1], capacity: 2)
      cuttable.largestStageFile = 64
      let files = try cuttable.writeStage(all, to: folder + "/stage.onnx")
      #expect(files == [folder + "/stage.onnx", folder + "/stage.onnx.data"])
      let stage = try ONNXFile(path: folder + "/stage.onnx")
      #expect(stage.externalFiles == ["stage.onnx.data"])
      let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/stage.onnx.data"))
      #expect(Array(data[..<16]) == Array(weights[..<16]))
      #expect(Array(data[4096...]) == Array(weights[16...]))
      #expect(
        try ONNXModel(file: stage).contentKey(ofStage: all) == cuttable.contentKey(ofStage: all))
    }
  }

  @Test(arguments: ["../w.bin", "/etc/passwd", "a/../../w.bin", "", "link.bin", "none.bin"])
  func `external weights outside the folder are refused`(_ location: String) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link.bin", withDestinationPath: "/etc/passwd")
      var model = TestONNX.chain(1)
      model.graph.initializers[0] = .init(
        "w0", shape: [1, 4], location: location, offset: 0, length: 16)
      try model.write(to: folder + "/model.onnx")
      let error = #expect(throws: IsocutError.self) {
        try ONNXFile(path: folder + "/model.onnx")
      }
      #expect(error?.code == (location == "none.bin" ? .missingInput : .badData))
      #expect(error?.message.contains("w0") == true)
    }
  }
}

extension ONNXModel {
  func stageBytes(_ operators: [Int]) throws -> [UInt8] {
    let file = try stageFile(operators)
    return file.mapped.copy(0..<file.byteCount)
  }

  /// A stage, written and opened again; the mapping outlives the file.
  func stageFile(_ operators: [Int]) throws -> ONNXFile {
    try withTemporaryFolder { folder in
      let path = folder + "/stage.onnx"
      try writeStage(OperatorSet(operators, capacity: graph.operators.count), to: path)
      return try ONNXFile(path: path)
    }
  }
}
