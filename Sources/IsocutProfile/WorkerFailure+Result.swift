import IsocutGraph
import IsocutWorker

extension StageMeasurement.Status {
  /// What a worker's end says of the stage it worked on, or nil where it says nothing.
  init?(_ reason: WorkerFailure.Reason) {
    switch reason {
    case .crashed: self = .crashed
    case .timedOut: self = .timedOut
    case .outOfMemory: self = .outOfMemory
    case .ended, .protocolError: self = .failed
    case .linkLost: return nil
    }
  }

  /// What an error of the backend says of the stage, or nil where the stage is not to blame.
  init?(_ code: IsocutError.Code) {
    switch code {
    case .badData, .vendorTool: self = .failed
    case .infeasible: self = .unsupported
    default: return nil
    }
  }
}

extension WorkerFailure {
  /// For a stage's result: what happened, and the engine's last words.
  var stageReason: String {
    lastLines.isEmpty
      ? summary : summary + "; its last words: " + lastLines.joined(separator: " | ")
  }
}
