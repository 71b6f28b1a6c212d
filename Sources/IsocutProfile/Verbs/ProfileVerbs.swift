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
      let artifact = try compile(head.stage, request.blobs[...], backend, in: folder)
      let turn = backend.isSimulated ? nil : MeasuringTurn()
      return try withExtendedLifetime((folder, turn)) {
        try rounds.value.withLock { rounds in
          var measurement = try rounds.measure(
            artifact, head.stage.load, head.rule, on: backend, keepsSamples: head.keepsSamples)
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
        let artifact = try compile(stage, blobs, backend, in: folder)
        blobs = blobs.dropFirst(stage.files.count)
        return (artifact, stage.load)
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
      return try WorkerReply(
        [make(head.backend).firstCosts(head.model, head.options, inputs: head.inputs)])
    }
    registry.register(.backendVersion) { request in
      let backend = try make(request.head(as: BackendSelection.self))
      return try WorkerReply([backend.readyVersion()])
    }
  }

  private static func compile(
    _ stage: StageRequest, _ blobs: ArraySlice<Data>, _ backend: any Backend,
    in folder: WorkFolder
  ) throws -> Artifact {
    guard !stage.files.isEmpty, blobs.count >= stage.files.count else {
      throw IsocutError(.badData, "a stage came without its files")
    }
    let paths = try zip(stage.files, blobs).map { try folder.write($1, as: $0) }
    guard
      let artifact = try backend.compile(.stage(file: paths[0], options: stage.options)).first
    else {
      throw IsocutError(.vendorTool, "the backend \(backend.name) compiled a stage to nothing")
    }
    return artifact
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
