import ArgumentParser
import IsocutBackends
import IsocutGraph

/// Which backend, and where its library is.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Backend: onnxruntime or null, which makes up its times. Default: onnxruntime.",
      valueName: "name"))
  var backend: String?

  @Option(
    name: .customLong("onnxruntime"),
    help: ArgumentHelp(
      "ONNX Runtime's shared library. Default: ISOCUT_ONNXRUNTIME, then .setup/lib, then the system.",
      valueName: "path"))
  var onnxRuntime: String?

  func selection(forModel path: String) throws -> BackendSelection {
    guard !path.isEmpty else { throw IsocutError(.usage, "the path of the model is empty") }
    if path.hasSuffix(".tflite") || backend == "tflite" {
      throw IsocutError(
        .usage,
        """
        \(path.hasSuffix(".tflite") ? path : "--backend tflite"): this version does not cut TFLite \
        models yet; give an ONNX model
        """)
    }
    let selection = BackendSelection(name: backend ?? "onnxruntime", library: onnxRuntime)
    _ = try selection.make()
    return selection
  }
}
