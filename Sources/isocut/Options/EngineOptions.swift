import ArgumentParser
import IsocutBackends
import IsocutFormats
import IsocutGraph

/// Which backend, and where its library is.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Backend: onnxruntime, tflite, or null, which makes up its times for ONNX models. Default: \
      tflite for a .tflite file, else onnxruntime.
      """,
      valueName: "name"))
  var backend: String?

  @OptionGroup var libraries: LibraryOptions

  func selection(forModel path: String) throws -> BackendSelection {
    guard !path.isEmpty else { throw IsocutError(.usage, "the path of the model is empty") }
    guard backend != EdgeTPUBackend.backendName else {
      throw IsocutError(
        .usage, "models are cut for Edge TPUs by isocut partition-with-profiling")
    }
    let announced = ModelFormat(suffixOf: path)
    let name = backend ?? BackendSelection.defaultName(for: announced ?? .onnx)
    let selection = BackendSelection(name: name, library: libraries[name])
    let format = try selection.make().format
    if let announced, announced != format {
      throw IsocutError(
        .usage,
        """
        \(path) is \(announced.title), and the backend \(name) runs \(format.title) models; use \
        --backend \(BackendSelection.defaultName(for: announced))
        """)
    }
    try libraries.check(onlyFor: name)
    return selection
  }
}
