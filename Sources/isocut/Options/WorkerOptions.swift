import ArgumentParser
import IsocutGraph
import IsocutWorker

/// Who measures, and what a stage may cost there.
struct WorkerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Measure where this command starts isocut worker, such as "ssh pi isocut worker". Default: on \
      this machine.
      """, valueName: "command"))
  var worker: String?

  @Option(
    name: .customLong("worker-time"),
    help: ArgumentHelp(
      "Time one stage may take to load and measure, such as 60s, before it counts as hung.",
      valueName: "time"))
  var time = TimeBudget(seconds: 300)

  @Option(
    name: .customLong("worker-memory"),
    help: ArgumentHelp(
      """
      Memory the measuring process may use, such as 2GiB. Default: nine tenths of its machine's.
      """, valueName: "size"))
  var memory: ByteCount?

  @Flag(
    name: .customLong("keep-samples"),
    help: "Keep the time of every run in the store; isocut profile show --format json gives them.")
  var keepsSamples = false

  /// - Throws: `IsocutError` `.usage` for a command that cannot be split into words, or a time or
  ///   size that no stage can keep to.
  func command() throws -> WorkerCommandLine {
    guard time.seconds > 0 else {
      throw IsocutError(.usage, "--worker-time must be more than nothing")
    }
    if let memory, memory.bytes < 64 << 20 {
      throw IsocutError(.usage, "--worker-memory is less than the 64MiB that a worker needs itself")
    }
    return try worker.map(WorkerCommandLine.init(parsing:)) ?? .own
  }

  var limits: WorkerLimits { WorkerLimits(memoryBytes: memory.map { UInt64($0.bytes) }) }
}
