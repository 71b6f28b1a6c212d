package import IsocutBackends
import IsocutFormats
import IsocutGraph
package import IsocutProfile

/// A model that the vendor's compiler cuts into clusters (`-sdp-cluster-sizes`), with the options
/// that a user wrote for it: compiled as one program, and measured with several set sizes.
package struct VendorSplit: Sendable {
  package var model: String
  /// Options of `qaic-compile`, passed on unchanged.
  package var tokens: [String]
  package var length = RunCommand.Length.seconds(5)

  /// Set sizes that are tried; a pipeline of k clusters is never judged below k.
  private static let setSizes = [1, 2, 4, 8, 16]

  /// - Throws: `IsocutError` `.usage` for options that contradict the rest of the command line.
  package init(model: String, tokens: [String]) throws {
    self.model = model
    self.tokens = tokens
    let options = VendorArguments(tokens)
    if let named = options.value(of: "m", "model"), named != model {
      throw IsocutError(.usage, "the options name the model \(named), the command line \(model)")
    }
    if options.has("aic-binary-dir") {
      throw IsocutError(
        .usage, "-aic-binary-dir has no effect here: the program goes into the folder of --output")
    }
  }

  /// What can be wrong without a look at tools or device.
  ///
  /// - Throws: `IsocutError` `.usage` for a value that is no number, `.infeasible` for a layout that
  ///   no device takes, `.missingInput` or `.badData` for the model.
  package func check() throws {
    _ = try layout(nsps: nil)
    _ = try ONNXFile(path: model)
  }

  /// What was measured, and where it is.
  package struct Result: Sendable {
    package var folder: String
    package var layout: NSPLayout
    /// One for each set size that was measured, in ascending order.
    package var points: [AICPoint]
    /// Why others were not.
    package var failures: [(setSize: Int, reason: String)]
    package var compiler: CompilerOutput?
    package var environment: AICEnvironment

    package var best: AICPoint? { points.max { $0.result.rate < $1.result.rate } }
  }

  /// The command lines of a run, without running or looking for anything.
  ///
  /// - Throws: `IsocutError` `.usage` for a value that is no number, `.infeasible` for a layout that
  ///   no device takes.
  package func commands(tools: AICTools, output: String) throws -> [[String]] {
    let layout = try layout(nsps: nil)
    let program = program(layout, tools: tools, output: output)
    return [program.compile.words]
      + setSizes(layout).map {
        program.run(executable: tools.runner, device: 0, setSize: $0, length: length).words
      }
  }

  /// - Throws: `IsocutError` `.unavailable` where a tool or the device is missing, `.infeasible` for
  ///   a layout that the device does not take, `.cannotCreate` for the output, `.vendorTool` where
  ///   the compiler or a run failed, `.interrupted`.
  package func run(
    tools: AICTools, store: ProfileStore?, output: String, overwrites: Bool,
    isInterrupted: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (String) -> Void
  ) throws -> Result {
    try check()
    var machine = try ProgramMeasurer(
      tools: tools, device: nil, store: store, isInterrupted: isInterrupted)
    let layout = try layout(nsps: machine.device.totalNSPs)
    machine.length = length
    // Who types one command again wants it tried again.
    machine.retriesFailures = true
    machine.waiting = { report("waiting for the card to cool down from \($0) degrees C") }
    var files = try FileHash.sha256(ofFiles: VendorArguments(tokens).files)
    files[model] = try ONNXFile(path: model).sha256()
    let folder = try OutputFolder(
      creating: output, overwrites: overwrites, marker: ResultFolder.script)
    do {
      var program = program(layout, tools: tools, output: folder.workingFolder)
      program.files = files
      report("compiling")
      let compiler = try machine.compile(program)
      var result = Result(
        folder: folder.destination, layout: layout, points: [], failures: [], compiler: compiler,
        environment: AICEnvironment(sdk: machine.sdk, device: machine.device))
      var failure: IsocutError?
      for setSize in setSizes(layout) {
        report("running with set size \(setSize)")
        do {
          let known = try machine.known(program, setSize: setSize)
          result.points.append(try known ?? machine.measure(program, setSize: setSize))
        } catch let error as IsocutError where error.code == .vendorTool {
          // Queues of another size may work.
          failure = error
          result.failures.append((setSize, error.message))
        }
      }
      if result.points.isEmpty, let failure { throw failure }
      if let best = result.best {
        var named = program
        named.compile.arguments = program.compile.arguments.absolutePaths
        // The program itself is in the folder already.
        try ResultFolder(
          path: folder.workingFolder, program: named, point: best, measuredBy: machine,
          programFolder: "reproduced"
        ).write()
      }
      try folder.commit()
      return result
    } catch {
      folder.abandon()
      guard error is CancellationError else { throw error }
      throw IsocutError(
        .interrupted, "stopped; what was measured is kept, and the same command goes on from it")
    }
  }

  /// - Parameter nsps: cores of the device; nil where none is known yet.
  private func layout(nsps: Int?) throws -> NSPLayout {
    let nsps = nsps ?? NSPLayout.mostNSPs
    let layout = try VendorArguments(tokens).layout(defaultCores: nsps)
    try layout.validate(onDeviceWith: nsps)
    return layout
  }

  private func setSizes(_ layout: NSPLayout) -> [Int] {
    Self.setSizes.filter { $0 >= layout.inferencesInFlight }
  }

  private func program(_ layout: NSPLayout, tools: AICTools, output: String) -> AICProgram {
    AICProgram(
      compile: CompileCommand(
        executable: tools.compiler, model: model, tokens: tokens,
        outputFolder: output + "/program"),
      layout: layout)
  }
}
