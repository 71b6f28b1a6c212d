package import IsocutBackends
import IsocutFormats
package import IsocutGraph
package import IsocutWorker

/// Measures stages in a worker process, one at a time, and never the same one twice.
///
/// It owns the worker: starts it at the first need and again after a failure. A stage that kills the
/// worker is a result like any other. Where the worker is on another machine, what needs this
/// machine's files (preparing) is done by a second one here.
package actor Measurer {
  package struct Configuration: Sendable {
    package var backend: BackendSelection
    /// Of the worker that measures.
    package var command: WorkerCommandLine
    /// Of the worker that prepares and verifies with this machine's files: the same, unless that one
    /// is remote.
    package var localCommand: WorkerCommandLine
    package var limits: WorkerLimits
    package var toolVersion: String
    package var rule: MeasuringRule
    /// For sending, compiling, loading and running one stage; a worker that takes longer is killed.
    package var timeLimit: Duration
    package var keepsSamples: Bool

    /// - Parameter localCommand: nil takes `command`, or this executable where that is remote.
    package init(
      backend: BackendSelection, command: WorkerCommandLine = .own,
      localCommand: WorkerCommandLine? = nil, limits: WorkerLimits = WorkerLimits(),
      toolVersion: String, rule: MeasuringRule = .search, timeLimit: Duration = .seconds(300),
      keepsSamples: Bool = false
    ) {
      self.backend = backend
      self.command = command
      self.localCommand = localCommand ?? (command.isRemote ? .own : command)
      self.limits = limits
      self.toolVersion = toolVersion
      self.rule = rule
      self.timeLimit = timeLimit
      self.keepsSamples = keepsSamples
    }
  }

  /// What was paid for, and what was not.
  package struct Counts: Hashable, Sendable, Codable {
    /// Stages, those measured beside others only once, and profiles.
    package var measurements = 0
    /// Stages measured again beside others.
    package var repeats = 0
    package var compilations = 0
    /// Those taken from the store instead.
    package var reused = 0
    /// Results, new or reused, that are not figures.
    package var failures = 0

    package init() {}
  }

  package let configuration: Configuration
  package internal(set) var counts = Counts()

  /// Whether results are kept.
  package nonisolated var saves: Bool { store != nil }

  let store: ProfileStore?
  let preparedModels: PreparedModelCache?
  let measuring: RestartingWorker
  let preparing: RestartingWorker
  let turn = FairTurn()
  private var knownSite: MeasuringSite?
  /// How often the same stages were measured together in this life: the second time is another
  /// result than the first.
  var repeats: [FiguresKey: Int] = [:]
  /// Stages that were measured in this life.
  var paid: Set<PaidStage> = []
  var fileHashes = FileHashes()
  /// Where compiled files are when results are not kept.
  var compiledFolder: WorkFolder?
  /// What did not compile, by the name that it would have been kept under.
  var failedCompilations: [String: IsocutError] = [:]

  /// - Parameters:
  ///   - store: where results are kept; nil measures everything anew.
  ///   - preparedModels: where prepared models are kept; nil prepares every time.
  package init(
    _ configuration: Configuration, store: ProfileStore?,
    preparedModels: PreparedModelCache? = nil
  ) {
    self.configuration = configuration
    self.store = store
    self.preparedModels = preparedModels
    measuring = RestartingWorker(
      configuration.command, limits: configuration.limits, toolVersion: configuration.toolVersion)
    preparing =
      configuration.localCommand == configuration.command
      ? measuring
      : RestartingWorker(
        configuration.localCommand, limits: configuration.limits,
        toolVersion: configuration.toolVersion)
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
    let load = try load.contained()
    let site = try await foundSite()
    let chosen = ChosenForStage(options, load, configuration.rule, on: site.machine)
    func key(_ chosen: ChosenForStage) throws -> MeasurementKey {
      MeasurementKey(
        stage: stage,
        context: try .init(
          configuration.backend, site, device: device.rawValue, chosen: chosen))
    }
    // What a limit ended says nothing of a stage that has more time or memory.
    let limited = chosen.limited(
      to: configuration.timeLimit, memoryBytes: configuration.limits.memoryBytes,
      compileSeconds: configuration.backend.edgeTPU?.compileSeconds)
    if let known = try store?.measurement(for: key(chosen))
      ?? store?.measurement(for: key(limited))
    {
      counts.reused += 1
      if !known.status.isMeasured { counts.failures += 1 }
      return known
    }
    let paths = try files()
    paid.insert(PaidStage(paths, options, load, on: site.machine))
    let result = try await measureAnew(paths, options, load)
    if !result.status.isMeasured { counts.failures += 1 }
    try store?.save(result, for: key(result.status.isByLimit ? limited : chosen))
    return result
  }

  private func measureAnew(
    _ files: [String], _ options: RunOptions, _ load: Load
  ) async throws -> StageMeasurement {
    var files = files
    let isCompiled = try compilesFirst
    if isCompiled {
      switch try await compile([files]).first {
      case .success(let compiled): files = [compiled.path]
      case .failure(let error):
        return StageMeasurement(status: .notCompiled, reason: error.description)
      case nil: break
      }
    } else {
      counts.compilations += 1
    }
    let request = MeasureRequest(
      backend: measuringBackend,
      stage: StageRequest(files, options, load, isCompiled: isCompiled),
      rule: configuration.rule, keepsSamples: configuration.keepsSamples)
    counts.measurements += 1
    return try await attempt(request, StageRequest.blobs(files, load))
  }

  private func attempt(
    _ request: MeasureRequest, _ blobs: [WorkerBlob]
  ) async throws -> StageMeasurement {
    do {
      let reply = try await measuring.send(
        .measure, request, blobs, timeout: configuration.timeLimit)
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

  // MARK: The workers

  /// Where measurements are made.
  ///
  /// - Throws: `IsocutError` `.unavailable` where backend or worker cannot be used there,
  ///   `.inputOutput` where a remote worker cannot be reached.
  package func site() async throws -> MeasuringSite {
    await turn.take()
    defer { turn.give() }
    return try await foundSite()
  }

  /// Known without a worker where that is this machine.
  func foundSite() async throws -> MeasuringSite {
    if let knownSite { return knownSite }
    let site: MeasuringSite
    if configuration.command.isRemote {
      let hello = try await measuring.running().hello
      site = MeasuringSite(
        machine: hello.machine, cpus: hello.cpus, backendVersion: try await remoteVersion(),
        compilerVersion: try configuration.backend.make().compilerVersion(), isRemote: true)
    } else {
      let backend = try configuration.backend.make()
      site = MeasuringSite(
        machine: .current(), cpus: CPUAffinity.allowed, backendVersion: try backend.readyVersion(),
        compilerVersion: try backend.compilerVersion(), isRemote: false)
    }
    knownSite = site
    return site
  }

  private func remoteVersion() async throws -> String {
    try await askRemote(.backendVersion, as: [String].self).first ?? ""
  }

  /// The devices that are no cores, where stages are measured.
  ///
  /// - Throws: `IsocutError` `.unavailable` where they cannot be listed or the worker cannot be used,
  ///   `.inputOutput` where the link to it dies.
  package func devices() async throws -> [Device] {
    await turn.take()
    defer { turn.give() }
    guard configuration.command.isRemote else {
      return try configuration.backend.make().devices()
    }
    return try await askRemote(.devices, as: [Device].self)
  }

  private func askRemote<Answer: Decodable & Sendable>(
    _ verb: WorkerVerb, as type: Answer.Type
  ) async throws -> Answer {
    do {
      return try await measuring.send(verb, measuringBackend, [], timeout: .seconds(60))
        .head(as: type)
    } catch let error as IsocutError where error.code == .unavailable {
      throw IsocutError(
        .unavailable,
        "the worker \(configuration.command.words.joined(separator: " ")) cannot measure",
        cause: error)
    } catch let failure as WorkerFailure {
      throw lostLink(failure)
    }
  }

  /// A remote worker finds its own library, and no worker compiles with a vendor's compiler.
  var measuringBackend: BackendSelection {
    configuration.command.isRemote
      ? configuration.backend.elsewhere : configuration.backend.forCompiledFiles
  }

  /// Whether a vendor's compiler makes files on this machine before they go to the worker.
  var compilesFirst: Bool {
    get throws { try configuration.backend.make().compilesExpensively }
  }

  /// The answer of a worker to a request that is not about one stage: its end is an error.
  ///
  /// - Parameter share: how many times a stage's time it may take.
  func survive<Answer: Decodable & Sendable>(
    _ what: String, _ worker: RestartingWorker, _ verb: WorkerVerb,
    _ head: some Encodable & Sendable, _ blobs: [WorkerBlob] = [], share: Int = 1,
    as type: Answer.Type
  ) async throws -> Answer {
    do {
      return try await worker.send(verb, head, blobs, timeout: configuration.timeLimit * share)
        .head(as: type)
    } catch let failure as WorkerFailure {
      guard StageMeasurement.Status(failure.reason) != nil else { throw lostLink(failure) }
      throw IsocutError(.badData, "\(what) failed: \(failure.stageReason)")
    }
  }

  private func lostLink(_ failure: WorkerFailure) -> IsocutError {
    IsocutError(
      .inputOutput,
      """
      the link to the worker \(configuration.command.words.joined(separator: " ")) died; \
      \(saves ? "what was measured is saved: " : "")give the same command again
      """, cause: failure)
  }

  /// The process that measures, where one runs.
  var worker: WorkerProcess? { get async { await measuring.process } }

  /// Ends the workers. A later measurement starts new ones.
  package func stop() async {
    await turn.take()
    defer { turn.give() }
    await measuring.stop()
    await preparing.stop()
  }
}
