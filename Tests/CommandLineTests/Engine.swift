import Foundation
import Testing
import _IsocutTestSupport

/// The engine and the sample models that `scripts/setup` brings.
enum Engine {
  static func sample(_ name: String) -> String {
    PythonPeer.projectFolder + "/.setup/models/onnx/\(name).onnx"
  }

  static let library = PythonPeer.projectFolder + "/.setup/lib/libonnxruntime.so"
  static let tfliteLibrary = PythonPeer.projectFolder + "/.setup/lib/libtensorflowlite_c.so"
}

extension Trait where Self == ConditionTrait {
  /// Skips the test where the engine is missing; `ISOCUT_REQUIRE_ENGINES=1` forbids that.
  static var needsONNXRuntime: Self { needs(Engine.library, "ONNX Runtime") }
  static var needsTFLite: Self { needs(Engine.tfliteLibrary, "TensorFlow Lite") }

  private static func needs(_ library: String, _ name: String) -> Self {
    let isRequired = ProcessInfo.processInfo.environment["ISOCUT_REQUIRE_ENGINES"] == "1"
    return .enabled(
      if: isRequired || FileManager.default.fileExists(atPath: library),
      "\(name) is missing; run scripts/setup")
  }
}
