import Foundation
import IsocutBackends
import IsocutGraph
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
  /// Lists the devices that are no cores.
  package static let devices = WorkerVerb(6, "devices")
}

/// A stage of a request. Its blobs: its files, then the contents of its inputs.
struct StageRequest: Hashable, Sendable, Codable {
  /// Names of the stage's files, the one to load first.
  var files: [String]
  /// Names of the inputs whose contents travel, in order.
  var contents: [String]
  var options: RunOptions
  /// Without those contents.
  var load: Load
  /// Whether a vendor's compiler made the files.
  var isCompiled: Bool

  init(_ paths: [String], _ options: RunOptions, _ load: Load, isCompiled: Bool) {
    self.isCompiled = isCompiled
    files = paths.map(Self.fileName)
    contents = load.inputPlan.contents.keys.sorted()
    self.options = options
    self.load = load
    self.load.inputPlan.contents = [:]
  }

  static func blobs(_ paths: [String], _ load: Load) -> [WorkerBlob] {
    paths.map { .file(path: $0) }
      + load.inputPlan.contents.sorted { $0.key < $1.key }.map { .bytes(Data($0.value)) }
  }

  static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// How many blobs belong to it.
  var blobCount: Int { files.count + contents.count }

  /// The load with the contents that came with it.
  func load(with blobs: some Sequence<Data>) -> Load {
    var load = load
    for (name, bytes) in zip(contents, blobs) { load.inputPlan.contents[name] = Array(bytes) }
    return load
  }
}

extension Load {
  /// The load with the bytes of input files in the place of their paths, for its own inputs only.
  func contained() throws -> Load {
    var load = self
    load.inputPlan = try inputPlan.contained(for: inputs)
    return load
  }
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
  /// Cores to run on; none leaves that to the system.
  var cpus: [Int]
  /// Names of the model's files, which are blobs, where its path is none of the worker's machine;
  /// else empty.
  var files: [String]
}
