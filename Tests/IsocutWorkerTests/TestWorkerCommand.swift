import Foundation
import IsocutWorker

/// The executable with the verbs that fail, as built beside the tests.
enum TestWorkerCommand {
  static func commandLine(_ arguments: String...) throws -> WorkerCommandLine {
    WorkerCommandLine(local: [try path()] + arguments)
  }

  static func path() throws -> String {
    let test = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let beside = Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
      + [test.deletingLastPathComponent(), Bundle.main.bundleURL]
    for folder in beside {
      let path = folder.appendingPathComponent("IsocutTestWorker").path
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw CocoaError(.fileNoSuchFile)
  }

  static func start(_ arguments: String..., limits: WorkerLimits = WorkerLimits()) async throws
    -> WorkerProcess
  {
    try await WorkerProcess.start(
      WorkerCommandLine(local: [path()] + arguments), limits: limits, toolVersion: "test")
  }
}

extension WorkerVerb {
  static let echo = WorkerVerb(100, "echo")
  static let fail = WorkerVerb(101, "fail")
  static let signal = WorkerVerb(102, "signal")
  static let hang = WorkerVerb(103, "hang")
  static let eatMemory = WorkerVerb(104, "eat memory")
  static let print = WorkerVerb(105, "print")
  static let rubbish = WorkerVerb(106, "rubbish")
  static let exit = WorkerVerb(107, "exit")
  static let count = WorkerVerb(108, "count")
  static let overflow = WorkerVerb(109, "overflow")
}
