import IsocutWorker
import _IsocutTestSupport

extension TestWorkerCommand {
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
