import ArgumentParser
import IsocutBackends
import IsocutGraph

/// Which backend, and where its library is.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Backend: \(BackendSelection.allNames.joined(separator: ", ")). Default: by the file's suffix.",
      valueName: "name"))
  var backend: String?

  @Option(
    name: .customLong("onnxruntime"),
    help: ArgumentHelp(
      "ONNX Runtime's shared library. Default: ISOCUT_ONNXRUNTIME, then .setup/lib, then the system.",
      valueName: "path"))
  var onnxRuntime: String?

  func selection(forModel path: String) throws -> BackendSelection {
    let name: String
    if let backend {
      name = backend
    } else if path.hasSuffix(".tflite") {
      throw IsocutError(
        .usage, "\(path): TFLite models are not supported by this version; it reads ONNX")
    } else {
      name = "onnxruntime"
    }
    let selection = BackendSelection(name: name, library: onnxRuntime)
    _ = try selection.make()
    return selection
  }
}
