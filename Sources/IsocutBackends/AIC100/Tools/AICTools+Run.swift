import Foundation
import IsocutGraph

extension AICTools {
  /// Runs a program once.
  ///
  /// - Throws: `IsocutError` `.vendorTool` where the runner failed or printed no result;
  ///   `CancellationError`.
  package func run(
    _ command: RunCommand, timeout: Duration, isCancelled: () -> Bool = { false }
  ) throws -> RunnerResult {
    let run = try self.run(command.words, timeout: timeout, isCancelled: isCancelled)
    try run.checkEnd(of: "qaic-runner")
    return try RunnerOutput.result(
      standardOutput: run.standardOutput, standardError: run.standardError, status: run.status)
  }

  /// Runs a program once more to record how long each inference takes.
  ///
  /// - Parameters:
  ///   - command: a run that records nothing; its rate is not taken from this run.
  ///   - folder: an existing folder without latency files, which gets them.
  /// - Throws: `IsocutError` `.vendorTool` where the runner failed, or wrote no file with times.
  package func latency(
    _ command: RunCommand, in folder: String, timeout: Duration,
    isCancelled: () -> Bool = { false }
  ) throws -> AICLatency {
    var command = command
    command.recordings = [.latency]
    command.recordingFolder = folder
    _ = try run(command, timeout: timeout, isCancelled: isCancelled)
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    let times = try names.filter { $0.hasSuffix("-latency.txt") }.flatMap { name in
      let path = folder + "/" + name
      let text = FileManager.default.contents(atPath: path) ?? Data()
      return try LatencyFile(parsing: String(decoding: text, as: UTF8.self), path: path)
        .totalMilliseconds
    }
    guard let latency = AICLatency(milliseconds: times) else {
      throw IsocutError(.vendorTool, "qaic-runner finished but wrote no latencies into \(folder)")
    }
    return latency
  }
}

/// Times of single inferences of a program, from queueing to result, all instances together.
package struct AICLatency: Hashable, Sendable, Codable {
  package var p50Milliseconds: Double
  package var p95Milliseconds: Double
  package var p99Milliseconds: Double

  /// Nil without times.
  package init?(milliseconds: [Double]) {
    guard let median = LatencyFile.quantile(0.5, of: milliseconds),
      let high = LatencyFile.quantile(0.95, of: milliseconds),
      let highest = LatencyFile.quantile(0.99, of: milliseconds)
    else { return nil }
    p50Milliseconds = median
    p95Milliseconds = high
    p99Milliseconds = highest
  }
}
