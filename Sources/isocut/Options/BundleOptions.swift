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
    let names = BackendSelection.allNames + [EdgeTPUBackend.backendName]
    guard names.contains(opened.plan.backend) else {
      throw IsocutError(
        .badData,
        """
        \(bundle)/\(PlanFile.name) names the backend \(opened.plan.backend), which this isocut \
        does not have; it has \(names.joined(separator: ", "))
        """)
    }
    try opened.plan.check(path: "\(bundle)/\(PlanFile.name)")
    try libraries.check(onlyFor: opened.plan.backend)
    return OpenBundle(
      bundle: opened,
      backend: BackendSelection(
        name: opened.plan.backend, library: libraries[opened.plan.backend]),
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
