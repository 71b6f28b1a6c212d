import IsocutBackends
package import IsocutWorker

extension WorkerVerb {
  /// Compiles and measures one stage.
  package static let measure = WorkerVerb(1, "measure")
  /// Prepares a model on the worker's own file system.
  package static let prepare = WorkerVerb(2, "prepare")
  /// Profiles a prepared model there.
  package static let firstCosts = WorkerVerb(3, "first costs")
  /// Says which version of a backend the worker has.
  package static let backendVersion = WorkerVerb(4, "backend version")
  /// Measures several stages, in turns or at the same time.
  package static let measureSeveral = WorkerVerb(5, "measure several")
}

/// A stage of a request; its files are blobs of it.
struct StageRequest: Hashable, Sendable, Codable {
  /// Names of the stage's files, the one to load first.
  var files: [String]
  var options: RunOptions
  var load: Load
}

struct MeasureRequest: Hashable, Sendable, Codable {
  var backend: BackendSelection
  var stage: StageRequest
  var rule: MeasuringRule
  var keepsSamples: Bool
}

struct MeasureSeveralRequest: Hashable, Sendable, Codable {
  var backend: BackendSelection
  var stages: [StageRequest]
  var order: SeveralStages.Order
  var rule: SeveralStages.Rule
}

struct PrepareInWorker: Hashable, Sendable, Codable {
  var backend: BackendSelection
  var request: PrepareRequest
  var folder: String
}

struct FirstCostsRequest: Hashable, Sendable, Codable {
  var backend: BackendSelection
  var model: PreparedModel
  var options: RunOptions
  var inputs: InputPlan
}
