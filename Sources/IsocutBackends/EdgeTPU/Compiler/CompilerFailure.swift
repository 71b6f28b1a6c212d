import Foundation
import IsocutGraph

/// Why a run of `edgetpu_compiler` is no success, in the order in which reasons are looked for: the
/// words that the compiler has for a cause, then how it ended, then what is missing although it
/// claims success.
///
/// The words only choose the advice; that the run failed is seen without them.
enum CompilerFailure: Hashable {
  case notQuantized
  case largeActivations
  case refusedByInterpreter
  case ownTimeout
  case internalError
  case hung(Duration)
  case crashed(String)
  /// It printed its version and nothing else.
  case silent
  case status(Int32, said: String)
  case fewerSegments(Int)
  case noWordOfSuccess
  case missingFile(String)
  /// A compiled file that is no whole model.
  case damagedFile

  /// - Returns: nil where the run was good.
  init?(_ run: ToolRun, _ output: EdgeTPUCompilerOutput, _ job: CompilerJob) {
    let isWhole = output.succeeded && output.segments.count == job.segmentCount
    let absent = (job.compiledFiles + job.logFiles + job.cutFiles).first {
      !FileManager.default.fileExists(atPath: $0)
    }
    if run.end == .exited(0), isWhole, absent == nil { return nil }
    let text = run.standardOutput + "\n" + run.standardError
    if let cause = Self.causes.first(where: { text.contains($0.words) })?.failure {
      self = cause
    } else if case .timedOut(let limit) = run.end {
      self = .hung(limit)
    } else if run.status > 128 || text.contains("libc++abi: terminating")
      || text.contains("core dumped")
    {
      self = .crashed(lastLines(of: text, count: 1))
    } else if Self.isOnlyVersion(text) {
      self = .silent
    } else if run.status != 0 {
      self = .status(run.status, said: lastLines(of: text))
    } else if output.segments.count != job.segmentCount {
      self = .fewerSegments(output.segments.count)
    } else if !output.succeeded {
      self = .noWordOfSuccess
    } else {
      self = .missingFile(absent ?? "")
    }
  }

  private static let causes: [(words: String, failure: CompilerFailure)] = [
    ("Model not quantized", .notQuantized),
    ("large activation tensors", .largeActivations),
    ("Model failed in Tflite interpreter", .refusedByInterpreter),
    ("Compilation timeout", .ownTimeout),
    ("Internal compiler error", .internalError),
  ]

  private static func isOnlyVersion(_ text: String) -> Bool {
    let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.isEmpty }
    return lines.count <= 1 && lines.allSatisfy { $0.hasPrefix("Edge TPU Compiler version") }
  }

  /// - Parameter done: segments that were reported before it failed.
  func error(of job: CompilerJob, afterSegments done: Int) -> IsocutError {
    IsocutError(
      .vendorTool,
      "edgetpu_compiler failed on \(job.name(ofSegment: min(done, job.segmentCount - 1))): "
        + reason + "; " + remedy(job))
  }

  private var reason: String {
    switch self {
    case .notQuantized: "the model is not quantized"
    case .largeActivations: "an activation tensor does not fit the chip"
    case .refusedByInterpreter: "its own TensorFlow Lite cannot load or run the model"
    case .ownTimeout: "it gave up when its own time limit was reached"
    case .internalError: "it reports an internal error, twice"
    case .hung(let limit): "it did not end within \(limit)"
    case .crashed(let words): "it crashed: \(words)"
    case .silent: "it printed its version and ended"
    case .status(let status, let said): "it ended with status \(status) and said: \(said)"
    case .fewerSegments(let count): "it reported \(count) segments and claims no failure"
    case .noWordOfSuccess: "it ended without saying that it succeeded"
    case .missingFile(let path): "it claims success, but there is no \(path)"
    case .damagedFile: "it claims success, but what it left is no whole TFLite model"
    }
  }

  private func remedy(_ job: CompilerJob) -> String {
    switch self {
    case .notQuantized: "quantize all operators to 8 bits with integer inputs and outputs"
    case .largeActivations: "cut elsewhere, or make the model's inputs smaller"
    case .refusedByInterpreter:
      "make all shapes static, and leave out custom operators that it does not know"
    case .ownTimeout, .hung: "this is mostly due to large activations; cut elsewhere"
    case .internalError: "cut elsewhere or use another version of it"
    case .crashed, .silent:
      job.segmentCount > 1
        ? "it cannot cut this model; let isocut cut it"
        : "cut elsewhere or use another version of it"
    case .status: "run it by hand on that file to see more"
    case .fewerSegments, .noWordOfSuccess:
      "the output is not to be trusted; run it by hand on that file to see more"
    case .missingFile, .damagedFile: "look whether the disk is full"
    }
  }
}
