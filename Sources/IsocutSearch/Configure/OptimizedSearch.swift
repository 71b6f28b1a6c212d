package import IsocutBackends
import IsocutGraph

/// The search that the vendor's JSON file asks for (`-config`): from each starting point to the best
/// configuration of its surroundings.
package struct OptimizedSearch: Sendable {
  package var file: ConfiguratorFile
  package var nsps: Int
  /// Taken where the file says nothing of the set size.
  package var setSize: Int

  package init(_ file: ConfiguratorFile, nsps: Int, setSize: Int) {
    self.file = file
    self.nsps = nsps
    self.setSize = setSize
  }

  /// What was found from each starting point, and everything that was measured, each once.
  package func run(
    measure: ([ConfigurationMeasurer.Request]) throws -> [ConfigurationResult]
  ) throws -> (outcomes: [PatternSearch.Outcome], results: [ConfigurationResult]) {
    var results: [ConfigurationResult] = []
    var values: [PatternSearch.Point: Double?] = [:]
    let search = PatternSearch(ranges: file.ranges, limit: file.maxEvaluations, mend: mended)
    let outcomes = try starts.map { start in
      try search.run(from: start) { points in
        let new = points.filter { values[$0] == nil }
        let measured = try measure(
          new.map { .init(configuration($0), setSizes: [setSize(of: $0)]) })
        for (point, result) in zip(new, measured) {
          values[point] = .some(result.best(file.objective).flatMap(file.objective.value))
        }
        results += measured
        return points.map { values[$0] ?? nil }
      }
    }
    return (outcomes, results)
  }

  /// Those of the file, else those that the vendor documents: 1, 2, 4, half and all cores, with as
  /// many instances as fit, or one where latency is searched for.
  private var starts: [PatternSearch.Point] {
    let starts =
      file.starts.isEmpty
      ? ConfigurationSpace.defaultCores(nsps: nsps).map { [.cores: $0] } : file.starts
    return starts.map { start in
      var point = file.fixed.merging(start) { fixed, _ in fixed }
      for (parameter, range) in file.ranges {
        let value = point[parameter] ?? standard(parameter, cores: point[.cores] ?? 1)
        point[parameter] = min(max(value, range.lowerBound), range.upperBound)
      }
      return point
    }
  }

  private func standard(_ parameter: ConfiguratorFile.Parameter, cores: Int) -> Int {
    switch parameter {
    case .cores, .mos, .ols, .batchSize: 1
    case .instances: file.objective == .latency ? 1 : max(1, nsps / max(1, cores))
    case .setSize: file.objective == .latency ? 1 : setSize
    }
  }

  /// With as many instances as fit, where that is what is wrong.
  private func mended(_ point: PatternSearch.Point) -> PatternSearch.Point? {
    var point = point
    let cores = point[.cores] ?? 1
    if let range = file.ranges[.instances], let instances = point[.instances], cores > 0 {
      point[.instances] = max(range.lowerBound, min(instances, nsps / cores))
    }
    if let range = file.ranges[.mos], let mos = point[.mos] {
      point[.mos] = max(range.lowerBound, min(mos, cores))
    }
    return configuration(point).layout.problem(onDeviceWith: nsps) == nil ? point : nil
  }

  package func configuration(_ point: PatternSearch.Point) -> AICConfiguration {
    let cores = point[.cores] ?? 1
    return AICConfiguration(
      layout: NSPLayout(
        cores: cores, mos: point[.mos].map(ChannelSplit.uniform) ?? .compilerDefault,
        instances: point[.instances] ?? standard(.instances, cores: cores)),
      batchSize: point[.batchSize] ?? 1, ols: point[.ols] ?? 1)
  }

  package func setSize(of point: PatternSearch.Point) -> Int {
    point[.setSize] ?? standard(.setSize, cores: point[.cores] ?? 1)
  }
}
