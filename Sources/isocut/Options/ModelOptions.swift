import ArgumentParser
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutSearch

/// Which sizes and inputs a model runs with.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Shape of an input, such as x=1,3,224,224 (repeatable).", valueName: "name=d0,d1,…"))
  var shape: [String] = []

  @Option(
    help: ArgumentHelp(
      "Size of a named dimension, such as batch=1 (repeatable).", valueName: "name=size"))
  var dim: [String] = []

  @OptionGroup var inputs: InputOptions

  @Flag(name: .customLong("no-fold"), help: "Leave constant subgraphs as they are.")
  var noFold = false

  /// What to prepare. Inputs that were given are read here, so that a file that is missing or of
  /// another type costs no search.
  ///
  /// - Throws: `IsocutError` `.missingInput` or `.badData` for the model or an input file, `.usage`
  ///   for flags that do not fit the model.
  func request(
    forModel path: String, on selection: BackendSelection
  ) throws -> PrepareRequest {
    let (shapes, dimensions) = (try shapes(), try dimensions())
    let format = try selection.make().format
    if noFold, format == .tflite {
      throw IsocutError(
        .usage, "--no-fold has no effect on TFLite models: nothing in them is folded")
    }
    let model = try format.open(path)
    let plan = try inputs.plan(forInputs: model.inputs.map(\.name))
    try plan.check(for: model, shapes: shapes, dimensions: dimensions)
    return PrepareRequest(
      modelPath: path, shapes: shapes, dimensions: dimensions, folds: !noFold, inputs: plan)
  }

  private func shapes() throws -> [String: [Int]] {
    try NamedValues.table(shape, flag: "--shape", form: "name=d0,d1,…") { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard !text.isEmpty else { return [] }
      guard !parts.contains(nil) else { return nil }
      return parts.compactMap { $0 }
    }
  }

  private func dimensions() throws -> [String: Int] {
    try NamedValues.table(dim, flag: "--dim", form: "name=size") { Int($0) }
  }
}
