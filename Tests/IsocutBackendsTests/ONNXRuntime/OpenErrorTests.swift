import Foundation
import IsocutBackends
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite(.needsONNXRuntime) struct OpenErrorTests {
  private let backend = ONNXRuntimeBackend()
  private let input = TensorSpec(name: "x", elementType: .float32, shape: [1, 64])
  private let output = TensorSpec(name: "y", elementType: .float32, shape: [1, 10])

  private func failure(
    _ path: String, inputs: [TensorSpec]? = nil, outputs: [TensorSpec]? = nil
  ) -> IsocutError? {
    #expect(throws: IsocutError.self) {
      let artifact = try backend.compile(.stage(file: path, options: RunOptions()))[0]
      _ = try backend.open(
        artifact, Placement(cpus: []), inputs: inputs ?? [input], outputs: outputs ?? [output])
    }
  }

  @Test func aMissingFileIsNamed() throws {
    let error = try #require(failure("/nowhere/model.onnx"))
    #expect(error.code == .missingInput)
    #expect(error.message == "there is no file /nowhere/model.onnx")
  }

  @Test func aFolderIsNoModel() throws {
    let error = try #require(failure("/"))
    #expect(error.code == .missingInput)
  }

  @Test func aTruncatedFileIsCalledThat() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/cut.onnx"
      let whole = try Data(contentsOf: URL(fileURLWithPath: Engine.made("nonzero")))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
      let error = try #require(failure(path))
      #expect(error.code == .badData)
      #expect(error.message == "\(path) is not an ONNX model, or it is cut short")
    }
  }

  @Test func anEmptyFileIsCalledThat() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/empty.onnx"
      try Data().write(to: URL(fileURLWithPath: path))
      let error = try #require(failure(path))
      #expect(error.code == .badData)
      #expect(error.message == "\(path) is empty")
    }
  }

  @Test func anotherBoundaryIsRefusedByName() throws {
    let path = Engine.made("nonzero")
    let shape = try #require(
      failure(path, inputs: [TensorSpec(name: "x", elementType: .float32, shape: [1, 63])]))
    #expect(shape.message == "the input x of \(path) is float32[1,64], not float32[1,63]")
    let type = try #require(
      failure(path, inputs: [TensorSpec(name: "x", elementType: .int64, shape: [1, 64])]))
    #expect(type.message == "the input x of \(path) is float32[1,64], not int64[1,64]")
    let name = try #require(
      failure(path, inputs: [TensorSpec(name: "z", elementType: .float32, shape: [1, 64])]))
    #expect(name.message == "\(path) has no input named z")
    let missing = try #require(failure(path, inputs: []))
    #expect(missing.message.contains("reads the input x"))
    let result = try #require(
      failure(path, outputs: [TensorSpec(name: "q", elementType: .float32, shape: [1, 10])]))
    #expect(result.message == "\(path) has no output named q")
    #expect(result.code == .badData)
  }
}
