/// A program of one model: how it is compiled, and how it is run.
package struct AICProgram: Hashable, Sendable {
  package var compile: CompileCommand
  package var layout: NSPLayout
  /// Raw files, one for each of the model's inputs; empty takes random inputs.
  package var inputFiles: [String]

  package init(compile: CompileCommand, layout: NSPLayout, inputFiles: [String] = []) {
    self.compile = compile
    self.layout = layout
    self.inputFiles = inputFiles
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
