import ArgumentParser
import Foundation
import IsocutProfile
import IsocutSearch
import IsocutWorker

struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Serve measuring requests on standard input and output (for isocut itself).",
    discussion: """
      Every command that measures starts one of these. It speaks the frames that docs/worker.md \
      describes; nobody types it.
      """)

  func run() throws {
    // What engines leave behind goes with the worker, however it ends.
    let folder = try WorkFolder()
    setenv("TMPDIR", folder.path, 1)
    defer { folder.remove() }
    var registry = WorkerRegistry()
    ProfileVerbs.register(in: &registry)
    HostVerbs.register(in: &registry)
    try WorkerServer.serve(registry, toolVersion: ToolVersion.current)
  }
}
