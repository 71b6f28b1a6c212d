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
    case .finished(let result):
      let name = result.configuration.name
      if let failure = result.failure {
        progress.done("\(name): \(failure.message)")
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
