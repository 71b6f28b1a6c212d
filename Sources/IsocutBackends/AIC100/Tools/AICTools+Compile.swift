import Foundation
import IsocutGraph

extension AICTools {
  /// Compiles a program, or finds it compiled from the same files with the same options.
  ///
  /// The compiler writes into a folder of its own beside the one wanted, which is moved there when
  /// everything about the run was good. So the folder holds a whole program or does not exist, also
  /// after this process was killed.
  ///
  /// - Returns: what the compiler said, or nil where the program was there already.
  /// - Throws: `IsocutError` `.vendorTool` where the compiler failed, with its last lines,
  ///   `.cannotCreate` where the folder cannot be made or holds what isocut did not make;
  ///   `CancellationError`.
  package func compile(
    _ command: CompileCommand, record: CompileRecord, timeout: Duration,
    isCancelled: () -> Bool = { false }
  ) throws -> CompilerOutput? {
    let files = FileManager.default
    let target = command.outputFolder
    let partial = target + ".partial"
    if files.fileExists(atPath: target) {
      guard let known = CompileRecord(inFolder: target) else {
        throw IsocutError(
          .cannotCreate,
          "\(target) exists and is no program that isocut compiled; move it away")
      }
      if known == record, files.fileExists(atPath: command.programFile) { return nil }
    }
    do {
      let parent = URL(fileURLWithPath: target).deletingLastPathComponent()
      try files.createDirectory(at: parent, withIntermediateDirectories: true)
      // What a process left that was killed, and a program of another model or SDK.
      for old in [partial, target] where files.fileExists(atPath: old) {
        try files.removeItem(atPath: old)
      }
    } catch {
      throw IsocutError(.cannotCreate, "cannot make room for \(target)", cause: error)
    }
    do {
      let output = try compileAnew(
        command.writing(to: partial), timeout: timeout, isCancelled: isCancelled)
      try record.write(inFolder: partial)
      try files.moveItem(atPath: partial, toPath: target)
      return output
    } catch {
      try? files.removeItem(atPath: partial)
      guard error is CocoaError else { throw error }
      throw IsocutError(.cannotCreate, "cannot keep the program in \(target)", cause: error)
    }
  }

  private func compileAnew(
    _ command: CompileCommand, timeout: Duration, isCancelled: () -> Bool
  ) throws -> CompilerOutput {
    let run = try self.run(command.words, timeout: timeout, isCancelled: isCancelled)
    if case .timedOut = run.end {
      throw IsocutError(.vendorTool, "qaic-compile did not end within \(timeout)")
    }
    return try CompilerOutput.checked(
      standardOutput: run.standardOutput, standardError: run.standardError, status: run.status,
      programExists: FileManager.default.fileExists(atPath: command.programFile))
  }
}
