import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile

extension Plan {
  /// Puts the very files that were measured, as the vendor's compiler made them, in the place of the
  /// stages' files, which stay beside them; with each goes the compiler's log.
  ///
  /// - Throws: `IsocutError` `.vendorTool` where a stage does not compile any more, `.inputOutput`
  ///   where a file cannot be written.
  mutating func takeCompiledStages(from measurer: Measurer, in folder: String) async throws {
    let compiled = try await measurer.compiled(stages.map { [folder + "/" + $0.file] })
    for (index, result) in compiled.enumerated() {
      let made: CompiledFile
      do {
        made = try result.get()
      } catch {
        throw IsocutError(error.code, "segment \(index) of \(stages.count)", cause: error)
      }
      let cut = stages[index].file
      do {
        stages[index].file = try made.copy(asCompiledFormOf: cut, in: folder)
      } catch {
        throw IsocutError(.inputOutput, "cannot write the compiled form of \(cut)", cause: error)
      }
      stages[index].sha256 = try FileHash.sha256(ofFile: folder + "/" + stages[index].file)
      notes += made.report.map { "Stage \(index): \($0)." }
    }
    if let objection = vendorRunnersObjection { notes.append(objection) }
  }
}

extension CompiledFile {
  /// - Parameter name: of the stage's file, which the log is to name.
  /// - Returns: the name of the compiled file.
  fileprivate func copy(asCompiledFormOf name: String, in folder: String) throws -> String {
    let base = (name as NSString).deletingPathExtension
    var compiledName = ""
    for file in files.prefix(2) {
      let copy = base + "_edgetpu." + URL(fileURLWithPath: file).pathExtension
      let target = folder + "/" + copy
      if copy.hasSuffix(".log") {
        // The compiler knew the segment by another name.
        let lines = try String(contentsOfFile: file, encoding: .utf8)
          .split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("Input: ")
              ? "Input: \(name)" : line.hasPrefix("Output: ") ? "Output: \(compiledName)" : line
          }
        try lines.joined(separator: "\n").write(toFile: target, atomically: false, encoding: .utf8)
      } else {
        try FileManager.default.copyItem(atPath: file, toPath: target)
        compiledName = copy
      }
    }
    return compiledName
  }
}
