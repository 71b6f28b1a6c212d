import Foundation
import IsocutFormats
import IsocutGraph

extension AICTools {
  /// Compiles a program, or finds it compiled from the same files with the same options.
  ///
  /// The compiler writes into a folder of its own beside the one wanted, which is moved there when
  /// everything about the run was good. So the folder holds a whole program or does not exist, also
  /// after this process was killed, and two processes that compile the same do not disturb each
  /// other.
  ///
  /// - Returns: what the compiler said, or nil where the program was there already.
  /// - Throws: `IsocutError` `.vendorTool` where the compiler failed, with its last lines,
  ///   `.cannotCreate` where the folder cannot be made or holds what isocut did not make;
  ///   `CancellationError`.
  package func compile(
    _ command: CompileCommand, record: CompileRecord, timeout: Duration,
    isCancelled: () -> Bool = { false }
  ) throws -> CompilerOutput? {
    func isCompiled() -> Bool {
      CompileRecord(inFolder: command.outputFolder) == record
        && FileManager.default.fileExists(atPath: command.programFile)
    }
    if isCompiled() { return nil }
    // What is there is a program of another model or SDK.
    let folder = try OutputFolder(
      creating: command.outputFolder, overwrites: true, marker: CompileRecord.fileName)
    do {
      // The compiler makes its folder itself.
      rmdir(folder.workingFolder)
      let output = try compileAnew(
        command.writing(to: folder.workingFolder), timeout: timeout, isCancelled: isCancelled)
      try record.write(inFolder: folder.workingFolder)
      do {
        try folder.commit()
      } catch  where isCompiled() {
        // Another process was quicker.
      }
      return output
    } catch {
      folder.abandon()
      guard error is CocoaError else { throw error }
      throw IsocutError(
        cannotCreate: "cannot keep the program in \(command.outputFolder)", cause: error)
    }
  }

  private func compileAnew(
    _ command: CompileCommand, timeout: Duration, isCancelled: () -> Bool
  ) throws -> CompilerOutput {
    let run = try self.run(command.words, timeout: timeout, isCancelled: isCancelled)
    try run.checkEnd(of: "qaic-compile")
    return try CompilerOutput.checked(
      standardOutput: run.standardOutput, standardError: run.standardError, status: run.status,
      programExists: FileManager.default.fileExists(atPath: command.programFile))
  }
}
