import ArgumentParser
import Foundation
import IsocutGraph

@main
struct Isocut: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "isocut",
    abstract: "Cut a neural network into pipeline stages of equal latency, by measuring them.",
    discussion: """
      isocut takes an ONNX or TFLite model and a machine made of parts, cuts the model into stages, says how \
      close the cut is to the best one and what that rests on (measurements, the cost model, or \
      nothing yet), and runs the stages as a pipeline.

      Examples:
        isocut inspect model.onnx
        isocut partition model.onnx --stages 2 --shape x=1,3,320,320
        isocut verify model.isocut
        isocut bench model.isocut

      Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 a \
      check failed, 64 usage, 65 bad model or plan, 66 input missing, 69 engine or device missing, \
      70 defect of isocut, 73 cannot write, 74 input or output failed, 75 interrupted, 76 a vendor \
      tool failed, 78 the request cannot be met.
      """,
    version: ToolVersion.current,
    subcommands: [
      InspectCommand.self, PartitionCommand.self, VerifyCommand.self, BenchCommand.self,
      RunCommand.self, SolveCommand.self, ProfileCommand.self, BackendsCommand.self,
      PartitionWithProfilingCommand.self, ModelConfiguratorCommand.self, WorkerCommand.self,
    ])

  static func main() async {
    StandardStreams.openClosed()
    var kind: any ParsableCommand.Type = Isocut.self
    do {
      let command = try parseAsRoot()
      kind = type(of: command)
      try await runInterruptibly(command)
    } catch let error as IsocutError {
      Terminal.standardError.writeError(error)
      if error.code == .usage { Terminal.standardError.write(usage(of: kind)) }
      Interruption.end(error.code.exitCode)
    } catch is CancellationError {
      Interruption.stopNow()
    } catch {
      // Help and the version come as errors too, and succeed.
      switch exitCode(for: error) {
      case .success: exit(withError: error)
      case .validationFailure:
        let text = fullMessage(for: error)
        Terminal.standardError.write(
          (text.hasPrefix("Error: ") ? "error: " + text.dropFirst("Error: ".count) : text) + "\n")
        Interruption.end(IsocutError.Code.usage.exitCode)
      default:
        let defect = IsocutError(
          .internalError, "this is a defect of isocut \(ToolVersion.current): please report it",
          cause: error)
        Terminal.standardError.writeError(defect)
        Interruption.end(defect.code.exitCode)
      }
    }
  }

  /// Runs a command so that Ctrl-C cancels it. A worker is stopped by its parent.
  private static func runInterruptibly(_ command: any ParsableCommand) async throws {
    let isWorker = command is WorkerCommand
    let parsed = ParsedCommand(command: command)
    let work = Task {
      var command = parsed.command
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    }
    if !isWorker {
      let canCancel = command is any AsyncParsableCommand
      Interruption.listen {
        if canCancel { work.cancel() } else { Interruption.stopNow() }
      }
    }
    try await work.value
  }

  /// What follows every error of usage, in the parser's own form.
  private static func usage(of kind: any ParsableCommand.Type) -> String {
    let usage = usageString(for: kind, includeHidden: false)
    // `isocut profile list [<options>]`: the words before the first argument name the command.
    let name = usage.split(separator: " ").prefix {
      !$0.hasPrefix("[") && !$0.hasPrefix("<") && !$0.hasPrefix("-")
    }
    return """
      Usage: \(usage)
        See '\(name.joined(separator: " ")) --help' for more information.

      """
  }
}

/// `@unchecked Sendable`: owned by the task that runs the command, to which it is handed once.
private struct ParsedCommand: @unchecked Sendable {
  let command: any ParsableCommand
}
