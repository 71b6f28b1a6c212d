import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutFormats

struct ONNXFileTests {
  @Test func `a file tells its inputs, outputs, tensors and weights`() throws {
    var model = TestONNX.chain(3)
    model.graph.inputs.append(.init("w1", 1, 4))
    let file = try model.opened()
    #expect(file.irVersion == 8)
    #expect(file.producerName == "test")
    #expect(file.opsets == ["": 17])
    #expect(file.inputs.map(\.name) == ["x"])
    #expect(file.inputs[0].type == TensorType(element: .float32, fixedShape: [1, 4]))
    #expect(file.outputs.map(\.name) == ["y"])
    #expect(file.tensorNames == ["t0", "t1", "y"])
    #expect(file.constantBytes == 3 * 16)
    #expect(file.nodes.map(\.kind) == ["Mul", "Mul", "Mul"])
  }

  @Test func `a model cut short at any byte is refused and never trusted`() throws {
    let bytes = TestONNX.chain(3).encoded
    try withTemporaryFolder { folder in
      for count in 0..<bytes.count {
        let path = folder + "/short.onnx"
        try Data(bytes[..<count]).write(to: URL(fileURLWithPath: path))
        do {
          _ = try ONNXModel(file: ONNXFile(path: path))
          // What follows the graph may be missing without a trace: operator sets.
          #expect(count > bytes.count - 8, "\(count) of \(bytes.count) bytes were taken")
        } catch let error as IsocutError {
          #expect(error.code == .badData, "\(count): \(error)")
          #expect(error.message.contains(path))
        }
      }
    }
  }

  @Test func `flipped bytes give an error or a model, never a trap`() throws {
    var model = TestONNX.chain(4)
    model.graph.nodes.append(
      .init(
        "If", ["y"], ["z"],
        attributes: [
          .graph("then_branch", .init(outputs: [.untyped("t0")])),
          .tensor("value", .init("v", shape: [2], floats: [1, 2])),
        ]))
    model.graph.outputs.append(.untyped("z"))
    let bytes = model.encoded
    var random = SystemRandomNumberGenerator()
    try withTemporaryFolder { folder in
      for round in 0..<500 {
        var damaged = bytes
        for _ in 0...(round % 4) {
          damaged[Int.random(in: 0..<bytes.count, using: &random)] = .random(
            in: 0...255, using: &random)
        }
        let path = folder + "/damaged.onnx"
        try Data(damaged).write(to: URL(fileURLWithPath: path))
        do {
          let model = try ONNXModel(file: ONNXFile(path: path))
          let all = OperatorSet(
            model.graph.operators.indices, capacity: model.graph.operators.count)
          _ = try model.contentKey(ofStage: all)
          try model.writeStage(all, to: folder + "/stage.onnx")
        } catch is IsocutError {
        } catch let error as WireError {
          Issue.record("an error that no user can act on: \(error)")
        }
      }
    }
  }

  @Test(arguments: [
    ("", "empty"), ("hello, this is text\n", "is no ONNX file"),
    ("version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
  ])
  func `a file that is no model says so`(_ content: String, _ words: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/model.onnx"
      try Data(content.utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: IsocutError.self) { try ONNXFile(path: path) }
      #expect(error?.code == .badData)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test func `a missing file and a folder are missing inputs`() throws {
    try withTemporaryFolder { folder in
      let missing = #expect(throws: IsocutError.self) { try ONNXFile(path: folder + "/none.onnx") }
      #expect(missing?.code == .missingInput)
      #expect(missing?.message == "no such file: \(folder)/none.onnx")
      let directory = #expect(throws: IsocutError.self) { try ONNXFile(path: folder) }
      #expect(directory?.code == .missingInput)
    }
  }

  @Test func `weights whose bytes do not fit their shape are refused`() throws {
    var model = TestONNX.chain(1)
    model.graph.initializers[0].shape = [1, 5]
    let error = #expect(throws: IsocutError.self) { try model.opened() }
    #expect(
      error?.message.contains("tensor w0 holds 16 bytes of data where its shape needs 20") == true)
    model.graph.initializers[0].shape = [1 << 40, 1 << 40]
    #expect(throws: IsocutError.self) { try model.opened() }
    model.graph.initializers[0].shape = [-4]
    #expect(throws: IsocutError.self) { try model.opened() }
  }

  @Test func `bodies nested without end are refused`() throws {
    var graph = TestONNX.Graph(outputs: [.untyped("x")])
    for _ in 0..<200 {
      graph = .init(
        outputs: [.untyped("y")],
        nodes: [.init("If", ["x"], ["y"], attributes: [.graph("then_branch", graph)])])
    }
    graph.inputs = [.init("x", 1)]
    let error = #expect(throws: IsocutError.self) { try TestONNX(graph).opened() }
    #expect(error?.message.contains("nested more than 32 deep") == true)
  }

  @Test func `the hash is the file's own`() throws {
    let file = try TestONNX.chain(2).opened()
    #expect(try file.sha256().count == 64)
    #expect(try file.sha256() == TestONNX.chain(2).opened().sha256())
    #expect(try file.sha256() != TestONNX.chain(3).opened().sha256())
  }

  @Test func `a file that changed after it was opened is not read again`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/model.onnx"
      try TestONNX.chain(2).write(to: path)
      let file = try ONNXFile(path: path)
      try TestONNX.chain(3).write(to: path)
      let error = #expect(throws: IsocutError.self) { try file.write(to: folder + "/copy.onnx") }
      #expect(error?.message.contains("changed while it was being read") == true)
      #expect(!FileManager.default.fileExists(atPath: folder + "/copy.onnx"))
    }
  }
}

extension TestONNX {
  func write(to path: String) throws {
    try Data(encoded).write(to: URL(fileURLWithPath: path))
  }

  /// The model, written and opened; its file lives as long as the test run.
  func opened() throws -> ONNXFile {
    let path = "\(Self.folder)/\(UUID().uuidString).onnx"
    try write(to: path)
    return try ONNXFile(path: path)
  }

  private static let folder: String = {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("isocut-test-models-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: TestONNX.folder) }
    return url.path
  }()

  func model(
    types: [String: TensorType] = [:], pinned: [String: String] = [:]
  ) throws -> ONNXModel {
    try ONNXModel(file: opened(), types: types, pinned: pinned)
  }
}
