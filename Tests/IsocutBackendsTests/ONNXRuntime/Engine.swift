import Foundation
import IsocutBackends
import Testing

/// What tests need of `.setup/`: the engine's library, the sample models and the Python packages.
enum Engine {
  /// The project's folder.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  static func sample(_ name: String) -> String { root + "/.setup/models/onnx/\(name).onnx" }
  static func made(_ name: String) -> String { root + "/.setup/models/made/\(name).onnx" }

  /// Why tests with the engine cannot run here; nil where they can.
  static let reasonToSkip: String? = {
    switch ONNXRuntimeBackend().availability() {
    case .unavailable(let reason, let remedy): return "\(reason); \(remedy)"
    case .ready:
      let here = FileManager.default.fileExists(atPath: made("nonzero"))
      return here ? nil : "the test models are missing; run scripts/setup"
    }
  }()

  static let hasPython = FileManager.default.fileExists(atPath: root + "/.setup/python/onnxruntime")
  /// True where a missing engine must fail the run instead of skipping tests.
  static let isRequired = ProcessInfo.processInfo.environment["ISOCUT_REQUIRE_ENGINES"] == "1"
}

extension Trait where Self == ConditionTrait {
  /// Skips the test where the engine or the models are missing, and says what to do.
  static var needsONNXRuntime: Self {
    .enabled(if: Engine.reasonToSkip == nil, "\(Engine.reasonToSkip ?? "")")
  }

  static var needsPythonPeers: Self {
    .enabled(if: Engine.hasPython, "Python's onnxruntime is missing; run scripts/setup")
  }
}

@Test(.enabled(if: Engine.isRequired, "ISOCUT_REQUIRE_ENGINES is not 1"))
func theEnginesThatThisRunRequiresAreHere() {
  #expect(Engine.reasonToSkip == nil)
  #expect(TFLiteEngine.reasonToSkip == nil)
  #expect(Engine.hasPython)
}
