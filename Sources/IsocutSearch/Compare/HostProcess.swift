package import Foundation
package import IsocutBackends
import IsocutGraph
package import IsocutWorker

/// A worker process that runs works in windows, seen from the parent.
package struct HostProcess: Sendable {
  private let worker: WorkerProcess
  private let backend: BackendSelection
  private let inputPlan: InputPlan

  /// - Throws: what starting a worker throws.
  package init(
    _ command: WorkerCommandLine = .own, toolVersion: String, backend: BackendSelection,
    inputPlan: InputPlan
  ) async throws {
    do {
      worker = try await WorkerProcess.start(command, toolVersion: toolVersion)
    } catch let failure as WorkerFailure {
      throw HostActivity("starting").failure(failure)
    }
    self.backend = backend
    self.inputPlan = inputPlan
  }

  /// Starts a process, gives it to `body` and stops it, whatever happens.
  package static func with<Value>(
    _ command: WorkerCommandLine = .own, toolVersion: String, backend: BackendSelection,
    inputPlan: InputPlan, _ body: (HostProcess) async throws -> Value
  ) async throws -> Value {
    let process = try await HostProcess(
      command, toolVersion: toolVersion, backend: backend, inputPlan: inputPlan)
    do {
      let value = try await body(process)
      await process.stop()
      return value
    } catch {
      await process.stop()
      throw error
    }
  }

  /// A work that the process has loaded.
  package struct Loaded: Sendable {
    package var handle: Int
    var running: HostActivity
    package var loadMilliseconds: Double
    package var firstRunMilliseconds: Double
  }

  /// Loads a work and runs it once.
  package func open(_ work: HostedWork) async throws -> Loaded {
    let reply = try await call(
      HostVerbs.open,
      HostVerbs.OpenRequest(backend: backend, inputPlan: inputPlan, work: work),
      HostActivity("loading"), timeout: .seconds(600)
    ).head(as: HostVerbs.Opened.self)
    return Loaded(
      handle: reply.handle, running: work.running, loadMilliseconds: reply.loadMilliseconds,
      firstRunMilliseconds: reply.firstRunMilliseconds)
  }

  /// Runs a loaded work for a while.
  package func window(_ loaded: Loaded, _ length: WindowLength) async throws -> Window {
    try await window(loaded, .closed(length), seconds: length.maximumSeconds)
  }

  /// Runs a loaded work under an open-loop load.
  package func window(_ loaded: Loaded, _ load: ArrivalWindow) async throws -> Window {
    try await window(loaded, .open(load), seconds: 2 * load.seconds)
  }

  /// Runs all stages of a loaded pipeline at the same time, unlinked: one window a stage.
  package func unlinkedWindows(_ loaded: Loaded, _ length: WindowLength) async throws -> [Window] {
    try await windows(loaded, .unlinked(length), seconds: length.maximumSeconds)
  }

  package var peakMemoryMebibytes: Double {
    get async throws {
      try await call(
        HostVerbs.report, HostVerbs.ReportRequest(), HostActivity("reporting"),
        timeout: .seconds(30)
      )
      .head(as: HostVerbs.Report.self).peakMemoryMebibytes
    }
  }

  /// Verifies in a process of its own. An engine that dies with the whole model at another level says
  /// nothing of the cut, so a process that died there is followed by one that leaves it out.
  package static func verify(
    _ request: VerifyRequest, _ command: WorkerCommandLine = .own, toolVersion: String
  ) async throws -> VerifyResult {
    func verify(_ request: VerifyRequest) async throws -> VerifyResult {
      try await with(
        command, toolVersion: toolVersion, backend: request.backend, inputPlan: request.inputPlan
      ) { try await $0.verify(request) }
    }
    do {
      return try await verify(request)
    } catch is OptionalPartDied {
      var request = request
      request.comparesLevels = false
      return try await verify(request)
    }
  }

  private func verify(_ request: VerifyRequest) async throws -> VerifyResult {
    try await call(HostVerbs.verify, request, HostActivity("loading"), timeout: .seconds(3600))
      .head(as: VerifyResult.self)
  }

  /// Runs one item through a pipeline.
  ///
  /// - Returns: the bytes of each output, in the order of the work's outputs.
  package func run(_ work: HostedPipeline) async throws -> [Data] {
    try await call(
      HostVerbs.run, BundleRun(backend: backend, work: work, inputPlan: inputPlan),
      HostActivity("loading"), timeout: .seconds(3600)
    ).blobs
  }

  package func stop() async { await worker.stop() }

  private func window(
    _ loaded: Loaded, _ load: HostVerbs.WindowRequest.Load, seconds: Double
  ) async throws -> Window {
    guard let window = try await windows(loaded, load, seconds: seconds).first else {
      throw IsocutError(.internalError, "the worker ran no window")
    }
    return window
  }

  /// - Parameter seconds: how long it lasts about.
  private func windows(
    _ loaded: Loaded, _ load: HostVerbs.WindowRequest.Load, seconds: Double
  ) async throws -> [Window] {
    try await call(
      HostVerbs.window, HostVerbs.WindowRequest(handle: loaded.handle, load: load),
      loaded.running, timeout: .seconds(60 + 10 * seconds)
    ).head(as: HostVerbs.Windows.self).windows
  }

  /// - Parameter activity: what the process does until it tells of something else.
  private func call(
    _ verb: WorkerVerb, _ head: some Encodable & Sendable, _ activity: HostActivity,
    timeout: Duration
  ) async throws -> WorkerMessage {
    let last = LastActivity(activity)
    do {
      return try await worker.call(verb, head, timeout: timeout) { event in
        if let told = try? event.head(as: HostActivity.self) { last.activity = told }
      }
    } catch let failure as WorkerFailure {
      if last.activity.isOptional { throw OptionalPartDied() }
      throw last.activity.failure(failure)
    }
  }

  /// The process died doing what can be left out.
  private struct OptionalPartDied: Error {}
}
