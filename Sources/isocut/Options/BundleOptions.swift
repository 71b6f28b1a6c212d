import ArgumentParser
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutSearch

/// A bundle, and the engine that runs it.
struct BundleOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A folder that isocut partition wrote.", valueName: "bundle"))
  var bundle: String

  @OptionGroup var libraries: LibraryOptions

  /// Reads and checks the bundle.
  ///
  /// - Parameter model: where the whole model is now; nil takes the path in the plan.
  func open(model: String? = nil) throws -> OpenBundle {
    guard !bundle.isEmpty else { throw IsocutError(.usage, "the path of the bundle is empty") }
    let opened = try PlanBundle(opening: bundle)
    let names =
      BackendSelection.allNames + [EdgeTPUBackend.backendName, AICTools.backendName]
    guard names.contains(opened.plan.backend) else {
      throw IsocutError(
        .badData,
        """
        \(bundle)/\(PlanFile.name) names the backend \(opened.plan.backend), which this isocut \
        does not have; it has \(names.joined(separator: ", "))
        """)
    }
    try opened.plan.check(path: "\(bundle)/\(PlanFile.name)")
    // The programs of a card run on the card; its stage files are ONNX files like others.
    let name =
      opened.plan.backend == AICTools.backendName
      ? BackendSelection.defaultName(for: .onnx) : opened.plan.backend
    try libraries.check(onlyFor: name)
    return OpenBundle(
      bundle: opened,
      backend: BackendSelection(name: name, library: libraries[name]).forCompiledFiles,
      modelPath: model ?? opened.plan.model.path)
  }
}

/// The model that a bundle was made from, for commands that compare with it.
struct WholeModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model the bundle was made from. Default: its path in plan.json.", valueName: "path"))
  var model: String?
}
