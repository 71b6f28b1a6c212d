import IsocutBackends
import IsocutGraph
import IsocutSearch

/// What `isocut model-configurator` says while it works.
enum ConfiguratorProgress {
  static func show(_ event: ConfigurationMeasurer.Event, on progress: Progress) {
    switch event {
    case .compiling(let count):
      progress.doing("compiling \(count) configuration\(count == 1 ? "" : "s")")
    case .running(let configuration, let setSize):
      progress.doing("running \(configuration.name) with set size \(setSize)")
    case .cooling(let temperature):
      progress.doing("waiting for the card to cool down from \(temperature) degrees C")
    case .finished(let result):
      let name = result.configuration.name
      if let failure = result.failure {
        progress.done(
          "\(name): \(result.isKnownFailure ? "failed before: " : "")\(failure.message)")
      } else if let best = result.best(.throughput) {
        progress.done(
          "\(name): \(best.result.rate) inf/s at set size \(best.setSize)"
            + (result.isReused ? " (measured before)" : ""))
      } else {
        progress.done("\(name): compiled")
      }
    }
  }
}
