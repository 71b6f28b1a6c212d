import ArgumentParser
import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutSearch

/// A bundle and the model it was made from.
struct BundleOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A folder that isocut partition wrote.", valueName: "bundle"))
  var bundle: String

  @Option(
    help: ArgumentHelp(
      "The model the bundle was made from. Default: its path in plan.json.", valueName: "path"))
  var model: String?

  @Option(
    name: .customLong("onnxruntime"),
    help: ArgumentHelp("ONNX Runtime's shared library.", valueName: "path"))
  var onnxRuntime: String?

  func open() throws -> OpenBundle {
    let opened = try PlanBundle(opening: bundle)
    return OpenBundle(
      bundle: opened,
      backend: BackendSelection(name: opened.plan.backend, library: onnxRuntime),
      modelPath: model ?? opened.plan.model.path)
  }
}
