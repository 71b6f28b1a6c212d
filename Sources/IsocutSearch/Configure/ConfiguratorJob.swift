import Foundation
package import IsocutBackends
import IsocutFormats
import IsocutGraph

/// What is the same for all configurations of a search.
package struct ConfiguratorJob: Sendable {
  /// The model's absolute path.
  package var model: String
  /// The folder of everything that is written.
  package var outputFolder: String
  package var batchSymbol: String?
  /// For the compiler, beside those of a configuration.
  package var compilerOptions: [String]
  package var inputs: InputItems?
  /// SHA-256 of every file that figures depend on, by path.
  package var files: [String: String]
  /// Compilations at a time.
  package var compilations: Int

  /// - Throws: `IsocutError` `.missingInput` or `.badData` for the model or inputs, `.cannotCreate`
  ///   where the output folder cannot be written.
  package init(_ options: ConfiguratorOptions) throws {
    func absolute(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.path
    }
    model = absolute(options.model)
    // First of all, so that nothing is written for a model that is none.
    let modelHash = try ONNXFile(path: model).sha256()
    outputFolder = absolute(options.outputFolder)
    batchSymbol = options.batchSymbol
    compilations = options.compilations
    compilerOptions = []
    inputs = try InputItems(options.inputs, workFolder: outputFolder + "/isocut_inputs")
    if options.precision == .quantized, let inputs {
      compilerOptions = ["-convert-to-quantize", "-input-list-file=" + inputs.list]
    }
    compilerOptions += options.compilerOptions
    files = try FileHash.sha256(
      ofFiles: (inputs?.files ?? []) + VendorArguments(compilerOptions).files)
    files[model] = modelHash
  }

  /// The model's name, for folders.
  package var modelName: String {
    URL(fileURLWithPath: model).deletingPathExtension().lastPathComponent
  }

  /// The program of a configuration, in the folder that the vendor's configurator names.
  package func program(
    of configuration: AICConfiguration, on machine: ProgramMeasurer
  ) throws -> AICProgram {
    AICProgram(
      compile: CompileCommand(
        executable: machine.tools.compiler, model: model, configuration: configuration,
        batchSymbol: batchSymbol, options: compilerOptions,
        outputFolder:
          "\(outputFolder)/compiled_models/\(modelName)/\(configuration.folderName)"),
      layout: configuration.layout,
      inputFiles: try inputs?.batchFiles(of: configuration.batchSize) ?? [], files: files)
  }
}
