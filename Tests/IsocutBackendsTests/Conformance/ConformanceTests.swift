import Foundation
import IsocutBackends
import Testing
import _IsocutTestSupport

@Suite struct ConformanceTests {
  /// Branches that meet again, a skip, an int64 tensor, a constant; made by make-diamond.py.
  private let diamond = Engine.root + "/Tests/Fixtures/diamond.onnx"

  @Test func theNullBackendIsABackend() throws {
    try withTemporaryFolder { folder in
      try checkBackend(
        NullBackend(options: NullOptions()), modelPath: diamond, in: folder)
    }
  }

  @Test func theNullBackendIsOneInBusyTimeToo() throws {
    try withTemporaryFolder { folder in
      try checkBackend(
        NullBackend(options: NullOptions(time: .busy)), modelPath: diamond, in: folder)
    }
  }

  /// Operators that the engine fuses across a cut give other bits, so the levels below that.
  @Test(.needsONNXRuntime, arguments: [RunOptions.OptimizationLevel.off, .basic])
  func onnxRuntimeIsABackend(_ level: RunOptions.OptimizationLevel) throws {
    for path in [diamond, Engine.made("ppocrv5_cls-qdq")] {
      try withTemporaryFolder { folder in
        try checkBackend(
          ONNXRuntimeBackend(), modelPath: path,
          options: RunOptions(optimizationLevel: level), in: folder)
      }
    }
  }

  @Test(
    .needsTFLite,
    arguments: ["split_concat", "mobilenet_v1_0.25_128_quant"])
  func tfliteIsABackend(_ model: String) throws {
    try withTemporaryFolder { folder in
      try checkBackend(
        TFLiteEngine.backend, modelPath: try #require(TFLiteSample.path(model)),
        options: RunOptions(optimizationLevel: .basic), in: folder)
    }
  }

  /// With the doubles of the vendor's tools, which are told by the environment what they are: so in
  /// a process of its own. What the contract leaves open here: operators have no first costs,
  /// because the device does not time them.
  @Test(.needsTFLite) func theEdgeTPUIsABackend() async throws {
    await #expect(processExitsWith: .success) {
      // An error that leaves the process would end it without a word.
      #expect(throws: Never.self) {
        try EdgeTPUTools.use(devices: "pci,usb", tflite: TFLiteEngine.backend)
        for model in ["split_concat", "mobilenet_v1_0.25_128_quant"] {
          try withTemporaryFolder { folder in
            try checkBackend(
              EdgeTPUBackend(), modelPath: try #require(TFLiteSample.path(model)),
              options: RunOptions(optimizationLevel: .basic), in: folder)
          }
        }
      }
    }
  }
}
