import IsocutBackends
import IsocutGraph
import IsocutProfile

/// Backends as commands need them.
enum Engines {
  /// Says before any work is done that an engine is missing.
  ///
  /// - Throws: `IsocutError` `.unavailable` with what to type.
  static func requireReady(_ selection: BackendSelection) throws {
    _ = try selection.make().readyVersion()
  }

  static func measurer(
    _ selection: BackendSelection, store: ProfileStore? = nil
  ) -> Measurer {
    measurer(
      Measurer.Configuration(backend: selection, toolVersion: ToolVersion.current), store: store)
  }

  /// - Throws: `IsocutError` `.usage` where the options make no sense.
  static func measurer(
    _ selection: BackendSelection, _ worker: WorkerOptions, rule: MeasuringRule = .search,
    store: ProfileStore?
  ) throws -> Measurer {
    var configuration = Measurer.Configuration(
      backend: selection, command: try worker.command(), limits: worker.limits,
      toolVersion: ToolVersion.current, rule: rule, timeLimit: .seconds(worker.time.seconds))
    configuration.keepsSamples = worker.keepsSamples
    return measurer(configuration, store: store)
  }

  private static func measurer(
    _ configuration: Measurer.Configuration, store: ProfileStore?
  ) -> Measurer {
    Measurer(
      configuration, store: store, preparedModels: store == nil ? nil : PreparedModelCache())
  }
}
