import Foundation
package import IsocutBackends
package import IsocutGraph
package import IsocutWorker

/// Measures stages in a worker process, one at a time, and never the same one twice.
///
/// It owns the worker: starts it at the first need and again after a failure. A stage that kills the
/// worker is a result like any other.
package actor Measurer {
  package struct Configuration: Sendable {
    package var backend: BackendSelection
    package var command: WorkerCommandLine
    package var limits: WorkerLimits
    package var toolVersion: String
    package var rule: MeasuringRule
    /// For compiling, loading and running one stage; a worker that takes longer is killed.
    package var timeLimit: Duration
    package var keepsSamples: Bool

    package init(
      backend: BackendSelection, command: WorkerCommandLine = .own,
      limits: WorkerLimits = WorkerLimits(), toolVersion: String, rule: MeasuringRule = .search,
      timeLimit: Duration = .seconds(300), keepsSamples: Bool = false
    ) {
      self.backend = backend
      self.command = command
      self.limits = limits
      self.toolVersion = toolVersion
      self.rule = rule
      self.timeLimit = timeLimit
      self.keepsSamples = keepsSamples
    }
  }

  /// What was paid for, and what was not.
  package struct Counts: Hashable, Sendable, Codable {
    package var measurements = 0
    package var compilations = 0
    /// Results taken from the store.
    package var reused = 0
    /// Results, new or reused, that are not figures.
    package var failures = 0

    package init() {}
  }

  package let configuration: Configuration
  package private(set) var counts = Counts()

  /// Whether results are kept.
  package nonisolated var saves: Bool { store != nil }

  private let store: ProfileStore?
  private(set) var worker: WorkerProcess?
  private var machine: MachineDescription?
  private var backendVersion: String?
  private let turn = FairTurn()

  /// - Parameter store: where results are kept; nil measures everything anew.
  package init(_ configuration: Configuration, store: ProfileStore?) {
    self.configuration = configuration
    self.store = store
  }

  /// The measurement of a stage: the stored one, or a new one, which is stored before this returns.
  ///
  /// - Parameters:
  ///   - stage: the stage's content key.
  ///   - device: its kind; core ids are in `load` and do not count for the key.
  ///   - files: writes or finds the stage's files, the one to load first; asked only where the stage
  ///     must be measured.
  /// - Returns: a measurement of any status; a stage that fails does not throw.
  /// - Throws: `IsocutError` `.unavailable` where backend or worker cannot be used, `.inputOutput`
  ///   where the link to a remote worker dies; what `files` throws; `CancellationError`.
  package func measure(
    stage: String, on device: DeviceKind, _ options: RunOptions, _ load: Load,
    files: @Sendable () throws -> [String]
  ) async throws -> StageMeasurement {
    await turn.take()
    defer { turn.give() }
    let key = MeasurementKey(
      stage: stage,
      context: try .init(
        backend: configuration.backend.name, version: try await version(), device: device,
        options, load, configuration.rule, try await machineDescription()))
    if let known = try store?.measurement(for: key) {
      counts.reused += 1
      if !known.status.isMeasured { counts.failures += 1 }
      return known
    }
    let paths = try files()
    let request = MeasureRequest(
      backend: configuration.backend,
      stage: StageRequest(files: paths.map(Self.fileName), options: options, load: load),
      rule: configuration.rule, keepsSamples: configuration.keepsSamples)
    counts.measurements += 1
    counts.compilations += 1
    let result = try await attempt(request, paths)
    if !result.status.isMeasured { counts.failures += 1 }
    try store?.save(result, for: key)
    return result
  }

  private func attempt(
    _ request: MeasureRequest, _ paths: [String]
  ) async throws -> StageMeasurement {
    do {
      let reply = try await send(.measure, request, paths.map { .file(path: $0) })
      var measurement = try reply.head(as: StageMeasurement.self)
      if request.keepsSamples, let samples = reply.blobs.first {
        measurement.timing?.samples = SampleBytes.samples(in: samples)
      }
      return measurement
    } catch let failure as WorkerFailure {
      guard let status = StageMeasurement.Status(failure.reason) else {
        throw lostLink(failure)
      }
      return StageMeasurement(status: status, reason: failure.stageReason)
    } catch let error as IsocutError {
      guard let status = StageMeasurement.Status(error.code) else { throw error }
      return StageMeasurement(status: status, reason: error.description)
    }
  }

  /// Prepares a model in the worker, so that an engine that crashes on it is an error and no crash
  /// of the command. Both paths are on the worker's file system: only for a local worker.
  ///
  /// - Throws: `IsocutError` as the backend throws it; `.badData` where the engine did not survive.
  package func prepare(
    _ request: PrepareRequest, in folder: String
  ) async throws -> PreparedModel {
    try await survive("preparing \(request.modelPath)") {
      try await $0.call(
        .prepare,
        PrepareInWorker(
          backend: $0.configuration.backend, request: request, folder: folder),
        as: PreparedModel.self)
    }
  }

  /// Times of single operators; likewise for a local worker.
  ///
  /// - Throws: `IsocutError` as the backend throws it; `.badData` where the engine did not survive.
  package func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan
  ) async throws -> FirstCosts? {
    try await survive("profiling \(model.path)") {
      try await $0.call(
        .firstCosts,
        FirstCostsRequest(
          backend: $0.configuration.backend, model: model, options: options, inputs: inputs),
        as: [FirstCosts?].self
      ).first ?? nil
    }
  }

  /// Measures several stages in one process, in turns or together. Not stored.
  ///
  /// - Throws: `IsocutError`; a stage that fails here was measured alone before, so it is an error.
  package func measureSeveral(
    _ stages: [(files: [String], options: RunOptions, load: Load)], _ order: SeveralStages.Order,
    _ rule: SeveralStages.Rule = SeveralStages.Rule()
  ) async throws -> SeveralStages.Windows {
    let request = MeasureSeveralRequest(
      backend: configuration.backend,
      stages: stages.map {
        StageRequest(files: $0.files.map(Self.fileName), options: $0.options, load: $0.load)
      }, order: order, rule: rule)
    let blobs = stages.flatMap(\.files).map { WorkerBlob.file(path: $0) }
    return try await survive("measuring \(stages.count) stages together") {
      try await $0.call(.measureSeveral, request, blobs: blobs, as: SeveralStages.Windows.self)
    }
  }

  /// Ends the worker. A later measurement starts a new one.
  package func stop() async {
    await turn.take()
    defer { turn.give() }
    await worker?.stop()
    worker = nil
  }

  // MARK: The worker

  private func survive<Value>(
    _ what: String, _ body: (isolated Measurer) async throws -> Value
  ) async throws -> Value {
    await turn.take()
    defer { turn.give() }
    do {
      return try await body(self)
    } catch let failure as WorkerFailure {
      guard StageMeasurement.Status(failure.reason) != nil else { throw lostLink(failure) }
      throw IsocutError(.badData, "\(what) failed: \(failure.stageReason)")
    }
  }

  private func call<Head: Encodable & Sendable, Answer: Decodable>(
    _ verb: WorkerVerb, _ head: Head, blobs: [WorkerBlob] = [], as type: Answer.Type
  ) async throws -> Answer {
    try await send(verb, head, blobs).head(as: type)
  }

  private func send(
    _ verb: WorkerVerb, _ head: some Encodable & Sendable, _ blobs: [WorkerBlob]
  ) async throws -> WorkerMessage {
    let worker = try await running()
    do {
      return try await worker.call(verb, head, blobs: blobs, timeout: configuration.timeLimit)
    } catch {
      if !(error is IsocutError) {
        self.worker = nil
        if !configuration.command.isRemote {
          WorkFolder.removeAll(ofProcess: worker.hello.processID)
        }
      }
      throw error
    }
  }

  private func running() async throws -> WorkerProcess {
    if let worker { return worker }
    let started = try await WorkerProcess.start(
      configuration.command, limits: configuration.limits,
      toolVersion: configuration.toolVersion)
    worker = started
    machine = started.hello.machine
    return started
  }

  /// Of the machine that measures. Known without a worker where that is this one.
  private func machineDescription() async throws -> MachineDescription {
    if let machine { return machine }
    if configuration.command.isRemote { return try await running().hello.machine }
    let found = MachineDescription.current()
    machine = found
    return found
  }

  private func version() async throws -> String {
    if let backendVersion { return backendVersion }
    let found: String
    if configuration.command.isRemote {
      found = try await call(.backendVersion, configuration.backend, as: [String].self).first ?? ""
    } else {
      found = try configuration.backend.make().readyVersion()
    }
    backendVersion = found
    return found
  }

  private func lostLink(_ failure: WorkerFailure) -> IsocutError {
    IsocutError(
      .inputOutput,
      """
      the link to the worker \(configuration.command.words.joined(separator: " ")) died; what was \
      measured is saved: give the same command again
      """, cause: failure)
  }

  private static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

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
