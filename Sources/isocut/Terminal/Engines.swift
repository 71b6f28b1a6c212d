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
    Measurer(
      Measurer.Configuration(backend: selection, toolVersion: ToolVersion.current), store: store)
  }
}
