/// One run of `qaic-compile` (older SDKs: `qaic-exec`, with the same options).
package struct CompileCommand: Hashable, Sendable {
  /// The tool's path.
  package var executable: String
  package var arguments: VendorArguments
  /// Where the program goes (`-aic-binary-dir`). It must not exist: the compiler is never pointed
  /// at a folder that was used before, as the vendor's own scripts never do.
  package var outputFolder: String

  /// The tool and its options, as a process gets them.
  package var words: [String] { [executable] + arguments.tokens }

  /// The file whose presence shows that the compiler finished.
  package var programFile: String { outputFolder + "/programqpc.bin" }

  /// Compiles a model in one configuration.
  ///
  /// - Parameters:
  ///   - batchSymbol: the name of the model's free batch dimension, or nil.
  ///   - options: more options, such as the precision; given last, so that they win.
  package init(
    executable: String, model: String, configuration: AICConfiguration,
    batchSymbol: String? = nil, options: [String], outputFolder: String
  ) {
    self.executable = executable
    self.outputFolder = outputFolder
    let fixed = ["-m=" + model, "-aic-hw", "-aic-hw-version=2.0", "-compile-only"]
    arguments = VendorArguments(
      fixed + configuration.compilerArguments(batchSymbol: batchSymbol) + options
        + ["-aic-binary-dir=" + outputFolder])
  }

  /// Compiles with the options that a user wrote, unchanged and in their order.
  ///
  /// What isocut needs to measure the program is added behind them, and only where it is missing:
  /// the model, `-aic-hw`, `-compile-only` and the output folder.
  ///
  /// - Parameter model: nil where the tokens name it.
  package init(executable: String, model: String?, tokens: [String], outputFolder: String) {
    self.executable = executable
    let given = VendorArguments(tokens)
    var words = tokens
    if let model, !given.has("m", "model") { words.insert("-m=" + model, at: 0) }
    if !given.has("aic-hw") { words.append("-aic-hw") }
    if !given.has("compile-only") { words.append("-compile-only") }
    if let folder = given.value(of: "aic-binary-dir"), !folder.isEmpty {
      self.outputFolder = folder
    } else {
      self.outputFolder = outputFolder
      words.append("-aic-binary-dir=" + outputFolder)
    }
    arguments = VendorArguments(words)
  }

  /// The same with another output folder.
  package func writing(to folder: String) -> CompileCommand {
    var command = self
    command.outputFolder = folder
    command.arguments = arguments.setting("aic-binary-dir", to: folder)
    return command
  }
}
