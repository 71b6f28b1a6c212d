import ArgumentParser
import Foundation
import IsocutGraph

@main
struct Isocut: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "isocut",
    abstract: "Cut a neural network into pipeline stages of equal latency, by measuring them.",
    discussion: """
      isocut takes an ONNX model and a machine made of parts, cuts the model into stages, proves \
      how close the cut is to the best one, and runs the stages as a pipeline.

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
      WorkerCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as IsocutError {
      Terminal.standardError.writeError(error)
      Foundation.exit(error.code.exitCode)
    } catch {
      exit(withError: error)
    }
  }
}
