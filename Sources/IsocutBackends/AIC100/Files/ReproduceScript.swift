import Foundation
import IsocutGraph

/// A shell script that compiles and runs programs with the vendor's tools alone: one of them, or
/// the stages of a pipeline, which run at the same time.
package struct ReproduceScript: Hashable, Sendable {
  package static let fileName = "reproduce.sh"

  package var compiles: [CompileCommand]
  /// One of each program.
  package var runs: [RunCommand]
  package var environment: AICEnvironment
  /// What isocut measured, a sentence each, for the reader to compare.
  package var measured: [String]

  package init(
    compiles: [CompileCommand], runs: [RunCommand], environment: AICEnvironment,
    measured: [String]
  ) {
    self.compiles = compiles
    self.runs = runs
    self.environment = environment
    self.measured = measured
  }

  /// The script's text. It deletes nothing: it stops where a program's folder exists already.
  package var text: String {
    var lines = [
      "#!/bin/sh",
      compiles.count == 1
        ? "# Compiles and runs this configuration with the tools of the Cloud AI SDK alone."
        : "# Compiles these stages and runs them at the same time with the tools of the Cloud AI SDK alone.",
    ]
    lines += (environment.lines + measured).map { "# " + Self.oneLine($0) }
    lines += ["set -eu", "cd \"$(dirname \"$0\")\""]
    for compile in compiles {
      let folder = compile.outputFolder.shellQuoted
      lines += [
        "if [ -e \(folder) ]; then",
        "  echo \(folder) 'exists; move it away first' >&2",
        "  exit 73",
        "fi",
      ]
    }
    for compile in compiles {
      lines += [
        "", compile.words.shellLine,
        "[ -f \(compile.programFile.shellQuoted) ] || "
          + "{ echo 'no program: the compilation failed' >&2; exit 76; }",
      ]
    }
    return (lines + [""] + runLines).joined(separator: "\n") + "\n"
  }

  /// The result lines decide, not the runner's exit status.
  private var runLines: [String] {
    if let run = runs.first, runs.count == 1 {
      return [
        run.words.shellLine + " | tee run.log",
        "grep -q Inf/Sec run.log || { echo 'no result line: the run failed' >&2; exit 76; }",
      ]
    }
    let logs = runs.indices.map { "run-\($0).log" }
    return zip(runs, logs).map { $0.words.shellLine + " > \($1) 2>&1 &" } + [
      "wait",
      "for log in \(logs.joined(separator: " ")); do",
      "  grep -H Inf/Sec \"$log\" ||",
      "    { cat \"$log\" >&2; echo \"no result line in $log: that run failed\" >&2; exit 76; }",
      "done",
    ]
  }

  /// Writes it as an executable file.
  package func write(inFolder folder: String) throws {
    let path = "\(folder)/\(Self.fileName)"
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    } catch {
      throw IsocutError(cannotCreate: "cannot write \(path)", cause: error)
    }
  }

  /// A comment ends at a line break; what follows it would be run.
  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
