import Foundation
import IsocutGraph

/// The vendor's compiler for the Edge TPU, `edgetpu_compiler`, on this machine.
package struct EdgeTPUCompiler: Hashable, Sendable {
  /// Nil where none was found.
  package let path: String?
  /// Where it was looked for.
  private let searched: String
  /// The variables that it gets.
  private let environment: [String: String]

  /// - Parameter path: where the user says it is; nil takes `ISOCUT_EDGETPU_COMPILER`, then the
  ///   folders of `PATH`.
  package init(
    path: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.environment = environment
    let variable = environment["ISOCUT_EDGETPU_COMPILER"].flatMap { $0.isEmpty ? nil : $0 }
    let named = path ?? variable
    let candidates =
      named.map { [URL(fileURLWithPath: $0).path] }
      ?? (environment["PATH"] ?? "").split(separator: ":").map { $0 + "/edgetpu_compiler" }
    self.path = candidates.first(where: ProgramFile.isThere)
    searched = named ?? "PATH"
  }

  /// What is missing, and how to get it; nil where nothing is.
  package var missing: (reason: String, remedy: String)? {
    guard path == nil else { return nil }
    return (
      searched == "PATH"
        ? "edgetpu_compiler is not in PATH" : "\(searched) is no program that can be started",
      """
      install the package edgetpu-compiler from Google's Coral repository (x86-64 only), or name \
      it: --edgetpu_compiler_binary PATH, or ISOCUT_EDGETPU_COMPILER=PATH
      """
    )
  }

  /// Such as `16.0.384591198`; nil where it does not say.
  package func version() -> String? {
    guard let run = try? run(["--version"], timeout: .seconds(30), { false }) else { return nil }
    return EdgeTPUCompilerOutput(parsing: run.standardOutput).version
  }

  /// Compiles a model, or the segments that the compiler cuts it into.
  ///
  /// What the compiler printed counts only where it ended well, reported every segment and left
  /// every file.
  ///
  /// - Returns: a report of each segment, in order.
  /// - Throws: `IsocutError` `.vendorTool` naming the segment, what went wrong and what to do;
  ///   `.unavailable` where the compiler is missing; `CancellationError`.
  package func compile(
    _ job: CompilerJob, timeout: Duration, isCancelled: () -> Bool = { false }
  ) throws -> [SegmentReport] {
    var attempts = 0
    while true {
      attempts += 1
      let run = try run(job.arguments, timeout: timeout, isCancelled)
      let output = EdgeTPUCompilerOutput(parsing: run.standardOutput)
      guard let failure = CompilerFailure(run, output, job) else { return output.segments }
      // Of the same input it has been seen to fail once and to compile the next time.
      if failure == .internalError, attempts == 1 { continue }
      throw failure.error(of: job, afterSegments: output.segments.count)
    }
  }

  private func run(
    _ arguments: [String], timeout: Duration, _ isCancelled: () -> Bool
  ) throws -> ToolRun {
    guard let path else {
      throw IsocutError(.unavailable, missing.map { "\($0.reason); \($0.remedy)" } ?? "")
    }
    return try ToolProcess.run(
      [path] + arguments, environment: environment, timeout: timeout, isCancelled: isCancelled)
  }
}
