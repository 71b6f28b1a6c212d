import Foundation
import Testing
import _IsocutTestSupport

@Suite("A model that returns one of its inputs") struct ReturnedInputTests {
  @Test(
    "is cut, verified and run, and gives the input back", .needsONNXRuntime,
    arguments: ["null", "onnxruntime --onnxruntime \(Engine.library)"])
  func run(backend: String) async throws {
    try await withTemporaryFolder { folder in
      var model = TestONNX.chain(4)
      model.graph.outputs.append(TestONNX.Value("x", 1, 4))
      try TestModels.write(model, to: folder + "/chain.onnx")
      try Data(NumPyBytes.row([1, 2, 3, 4])).write(to: URL(fileURLWithPath: folder + "/x.npy"))
      for arguments in [
        "partition chain.onnx --stages 2 --output cut --search equal-parameters --backend "
          + backend,
        "verify cut", "run cut --input x=x.npy --output out",
      ] {
        let run = try await CommandLineRun(
          arguments.split(separator: " ").map(String.init), in: folder)
        try #require(run.exitCode == 0, "\(arguments): \(run.standardError)")
      }
      let returned = try Data(contentsOf: URL(fileURLWithPath: folder + "/out/x.npy"))
      #expect(returned.suffix(16) == Data(NumPyBytes.row([1, 2, 3, 4])).suffix(16))
    }
  }
}
