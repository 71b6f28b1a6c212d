package import Foundation
import IsocutGraph

/// The JSON file of the vendor's configuration optimiser, in both of its dialects.
///
/// Older (to about SDK 1.12): `objective` `maximize_inf_rate`, `params`, `bs`, `initial_values`.
/// Newer: `search-mode`, `objective` `max-throughput`, `search-parameters`, `batch-size`,
/// `set-size`, `initial-values`.
package struct ConfiguratorFile: Hashable, Sendable {
  package enum Dialect: Hashable, Sendable { case older, newer }
  package enum Objective: Hashable, Sendable { case throughput, latency }

  /// What a search may change, in the order the vendor's files name it.
  package enum Parameter: String, Hashable, Sendable, CaseIterable {
    case cores, mos, ols
    case batchSize = "batch-size"
    case instances
    case setSize = "set-size"
  }

  package var dialect: Dialect
  package var objective: Objective
  /// Measurements from each starting point at most (`max_func_eval`).
  package var maxEvaluations: Int
  package var ranges: [Parameter: ClosedRange<Int>]
  /// Values of parameters that are not searched.
  package var fixed: [Parameter: Int]
  /// Where the search starts, again and again.
  package var starts: [[Parameter: Int]]

  package init(
    dialect: Dialect = .newer, objective: Objective = .throughput, maxEvaluations: Int = 200,
    ranges: [Parameter: ClosedRange<Int>], fixed: [Parameter: Int] = [:],
    starts: [[Parameter: Int]]
  ) {
    self.dialect = dialect
    self.objective = objective
    self.maxEvaluations = maxEvaluations
    self.ranges = ranges
    self.fixed = fixed
    self.starts = starts
  }

  /// A file with which the vendor's optimiser measures one configuration and no other.
  ///
  /// The format has no word for cluster sizes or for a MOS of each cluster; for such a
  /// configuration it says the cores, and the vendor's CSV says the rest.
  package init(measuring configuration: AICConfiguration, setSize: Int) {
    var values: [Parameter: Int] = [
      .cores: configuration.layout.cores, .ols: configuration.ols,
      .batchSize: configuration.batchSize, .instances: configuration.layout.instances,
      .setSize: setSize,
    ]
    if case .uniform(let mos) = configuration.layout.mos { values[.mos] = mos }
    self.init(maxEvaluations: 1, ranges: values.mapValues { $0...$0 }, starts: [values])
  }

  /// - Throws: `IsocutError` `.badData` for anything the format does not have, by name.
  package init(parsing data: Data, path: String) throws {
    let document: [String: ConfiguratorFileValue]
    do {
      document = try JSONDecoder().decode([String: ConfiguratorFileValue].self, from: data)
    } catch {
      throw IsocutError(.badData, "\(path) is no JSON object", cause: error)
    }
    self = try ConfiguratorFileReader(path: path, document: document).file()
  }
}
