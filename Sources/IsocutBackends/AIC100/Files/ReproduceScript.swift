/// A shell script that compiles and runs one configuration with the vendor's tools alone.
package struct ReproduceScript: Hashable, Sendable {
  package var compile: CompileCommand
  package var runs: [RunCommand]
  package var environment: AICEnvironment
  /// What isocut measured, a sentence each, for the reader to compare.
  package var measured: [String]

  package init(
    compile: CompileCommand, runs: [RunCommand], environment: AICEnvironment, measured: [String]
  ) {
    self.compile = compile
    self.runs = runs
    self.environment = environment
    self.measured = measured
  }

  /// The script's text. It deletes nothing: it stops where the program's folder exists already.
  package var text: String {
    let folder = compile.outputFolder.shellQuoted
    var lines = [
      "#!/bin/sh",
      "# Compiles and runs this configuration with the tools of the Cloud AI SDK alone.",
    ]
    lines += (environment.lines + measured).map { "# " + Self.oneLine($0) }
    lines += [
      "set -eu",
      "cd \"$(dirname \"$0\")\"",
      "if [ -e \(folder) ]; then",
      "  echo \(folder) 'exists; move it away first' >&2",
      "  exit 73",
      "fi",
      "",
      compile.words.shellLine,
    ]
    for (index, run) in runs.enumerated() {
      let log = runs.count == 1 ? "run.log" : "run-\(index + 1).log"
      lines.append("")
      if let recordings = run.recordingFolder {
        lines.append("mkdir -p \(recordings.shellQuoted)")
      }
      lines += [
        run.words.shellLine + " | tee \(log)",
        "grep -q Inf/Sec \(log) || { echo 'no result line: the run failed' >&2; exit 76; }",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A comment ends at a line break; what follows it would be run.
  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
