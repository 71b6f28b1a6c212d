/// A program of one model: how it is compiled, and how it is run.
package struct AICProgram: Hashable, Sendable {
  package var compile: CompileCommand
  package var layout: NSPLayout
  /// Raw files, one for each of the model's inputs; empty takes random inputs.
  package var inputFiles: [String]
  /// SHA-256 of the model, the inputs and every other file that its figures depend on, by path.
  package var files: [String: String]

  package init(
    compile: CompileCommand, layout: NSPLayout, inputFiles: [String] = [],
    files: [String: String] = [:]
  ) {
    self.compile = compile
    self.layout = layout
    self.inputFiles = inputFiles
    self.files = files
  }

  /// A run of it.
  package func run(
    executable: String, device: Int, setSize: Int, length: RunCommand.Length
  ) -> RunCommand {
    RunCommand(
      executable: executable, programFolder: compile.outputFolder, device: device,
      instances: layout.instances, setSize: setSize, length: length, inputFiles: inputFiles)
  }
}
