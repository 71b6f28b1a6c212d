import Foundation
package import IsocutBackends
import IsocutGraph
package import IsocutWorker
import Synchronization

/// The verbs of a worker that need backends.
package enum ProfileVerbs {
  /// Adds them to a worker's registry.
  ///
  /// - Parameter make: makes a backend from its selection; tests give doubles.
  package static func register(
    in registry: inout WorkerRegistry,
    making make: @escaping @Sendable (BackendSelection) throws -> any Backend = { try $0.make() }
  ) {
    let rounds = RoundsOfWorker()
    registry.register(.measure) { request in
      let head = try request.head(as: MeasureRequest.self)
      let backend = try make(head.backend)
      let folder = try WorkFolder()
      let stage = try compile(head.stage, request.blobs[...], backend, in: folder)
      let turn = backend.isSimulated ? nil : MeasuringTurn()
      return try withExtendedLifetime((folder, turn)) {
        try rounds.value.withLock { rounds in
          var measurement = try rounds.measure(
            stage.artifact, stage.load, head.rule, on: backend, keepsSamples: head.keepsSamples)
          let samples = measurement.timing?.samples ?? []
          measurement.timing?.samples = nil
          return try WorkerReply(measurement, blobs: [.bytes(SampleBytes.data(of: samples))])
        }
      }
    }
    registry.register(.measureSeveral) { request in
      let head = try request.head(as: MeasureSeveralRequest.self)
      let backend = try make(head.backend)
      var blobs = request.blobs[...]
      var folders: [WorkFolder] = []
      let stages = try head.stages.map { stage in
        let folder = try WorkFolder()
        folders.append(folder)
        defer { blobs = blobs.dropFirst(stage.blobCount) }
        return try compile(stage, blobs, backend, in: folder)
      }
      let turn = backend.isSimulated ? nil : MeasuringTurn()
      return try withExtendedLifetime((folders, turn)) {
        try WorkerReply(SeveralStages.measure(stages, head.order, head.rule, on: backend))
      }
    }
    registry.register(.prepare) { request in
      let head = try request.head(as: PrepareInWorker.self)
      return try WorkerReply(make(head.backend).prepare(head.request, in: head.folder))
    }
    registry.register(.firstCosts) { request in
      let head = try request.head(as: FirstCostsRequest.self)
      var model = head.model
      let folder = try WorkFolder()
      model.path = try folder.write(request.blobs, as: head.files).first ?? model.path
      return try withExtendedLifetime(folder) {
        try CPUAffinity.withCurrentThreadPinned(to: head.cpus) {
          try WorkerReply([
            make(head.backend).firstCosts(
              model, head.options, inputs: head.inputs, in: folder.path)
          ])
        }
      }
    }
    registry.register(.backendVersion) { request in
      let backend = try make(request.head(as: BackendSelection.self))
      return try WorkerReply([backend.readyVersion()])
    }
    registry.register(.devices) { request in
      try WorkerReply(make(request.head(as: BackendSelection.self)).devices())
    }
  }

  private static func compile(
    _ stage: StageRequest, _ blobs: ArraySlice<Data>, _ backend: any Backend,
    in folder: WorkFolder
  ) throws -> (artifact: Artifact, load: Load) {
    guard !stage.files.isEmpty, blobs.count >= stage.blobCount else {
      throw IsocutError(.badData, "a stage came without its files")
    }
    let paths = try folder.write(blobs, as: stage.files)
    let load = stage.load(with: blobs.dropFirst(stage.files.count))
    if stage.isCompiled {
      let artifact = Artifact(
        backend: backend.name, files: paths, stages: [], options: stage.options)
      return (artifact, load)
    }
    guard
      let artifact = try backend.compile(.stage(file: paths[0], options: stage.options)).first
    else {
      throw IsocutError(.vendorTool, "the backend \(backend.name) compiled a stage to nothing")
    }
    return (artifact, load)
  }
}

extension WorkFolder {
  /// Writes files of those names, as far as there are blobs.
  ///
  /// - Returns: their paths.
  fileprivate func write(_ blobs: some Sequence<Data>, as names: [String]) throws -> [String] {
    try zip(names, blobs).map { try write($1, as: $0) }
  }
}

extension Backend {
  /// Its version.
  ///
  /// - Throws: `IsocutError` `.unavailable` with what to type.
  package func readyVersion() throws -> String {
    switch availability() {
    case .ready(let version, _, _): return version
    case .unavailable(let reason, let remedy):
      throw IsocutError(.unavailable, "the backend \(name) cannot be used: \(reason); \(remedy)")
    }
  }
}

/// What a worker keeps from one measurement to the next.
private final class RoundsOfWorker: Sendable {
  let value = Mutex(StageRounds())
}
