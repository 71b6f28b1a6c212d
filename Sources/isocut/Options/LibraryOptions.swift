import ArgumentParser
import IsocutBackends
import IsocutGraph

/// Where the engines' libraries are.
struct LibraryOptions: ParsableArguments {
  @Option(
    name: .customLong("onnxruntime"),
    help: ArgumentHelp(
      "ONNX Runtime's shared library. Default: ISOCUT_ONNXRUNTIME, then .setup/lib, then the system.",
      valueName: "path"))
  var onnxRuntime: String?

  @Option(
    help: ArgumentHelp(
      "TensorFlow Lite's shared library. Default: ISOCUT_TFLITE, then .setup/lib, then the system.",
      valueName: "path"))
  var tflite: String?

  /// The library of one backend; nil searches the usual places.
  subscript(backend: String) -> String? {
    switch backend {
    case "onnxruntime": onnxRuntime
    case "tflite", EdgeTPUBackend.backendName: tflite
    default: nil
    }
  }

  /// - Throws: `IsocutError` `.usage` for the library of an engine that is not used.
  func check(onlyFor backend: String) throws {
    for (flag, engines, value) in [
      ("--onnxruntime", ["onnxruntime"], onnxRuntime),
      ("--tflite", ["tflite", EdgeTPUBackend.backendName], tflite),
    ] where value != nil && !engines.contains(backend) {
      throw IsocutError(.usage, "\(flag) has no effect with the backend \(backend)")
    }
  }
}
