package import IsocutBackends
import IsocutGraph

/// The configurations that a search of the vendor's model configurator covers.
package struct ConfigurationSpace: Hashable, Sendable {
  /// How many instances run side by side.
  package enum Instances: Hashable, Sendable {
    /// As many as fit the device, as in the vendor's sample files.
    case filling
    case values([Int])
  }

  package var cores: [Int]
  package var batchSizes: [Int] = [1]
  package var ols: [Int] = [1]
  /// Empty leaves MOS to the compiler.
  package var mos: [Int] = []
  package var instances = Instances.filling
  package var deallocDelays = [3]
  package var splitSizes = [2048]
  package var vtcmPercents = [100]
  /// Nil stands for no depth-first scheduling.
  package var depthFirst: [AICConfiguration.DepthFirst?] = [nil]
  /// Whether programs of two and four clusters are tried besides plain ones.
  package var partitions = false
  /// Whether MOS values equal to the cluster sizes are tried besides those given; they follow after
  /// everything that the vendor lists.
  package var wholeClusters = true
  /// Cores of the device.
  package var nsps: Int

  package init(cores: [Int], nsps: Int) {
    self.cores = cores
    self.nsps = nsps
  }

  /// Numbers of cores tried where none are given: the starting points that the vendor documents for
  /// its optimiser (1, 2, 4, 7 and 14 of 14).
  package static func defaultCores(nsps: Int) -> [Int] {
    [1, 2, 4, nsps / 2, nsps].reduce(into: []) { cores, count in
      if count > 0, count <= nsps, !cores.contains(count) { cores.append(count) }
    }
  }

  /// All configurations that can run, in the vendor's order; those with whole-cluster MOS follow.
  ///
  /// - Throws: `IsocutError` `.infeasible` where none is left, with the reason for the first one,
  ///   or where there are more than anyone can measure.
  package func configurations() throws -> [AICConfiguration] {
    guard size <= Self.most else {
      throw IsocutError(
        .infeasible,
        "this search space has more than \(Self.most) configurations; give shorter lists")
    }
    let listed = groups(vendorSplits) + (wholeClusters ? groups(wholeClusterSplits) : [])
    let possible = listed.filter { reason(against: $0) == nil }
    guard !possible.isEmpty else {
      let why = listed.first.flatMap(reason) ?? "a list of values is empty"
      throw IsocutError(.infeasible, "no configuration of this search space can run: \(why)")
    }
    return possible
  }

  private static let most = 100_000

  /// An upper limit of the number of rows, computed without making them.
  private var size: Int {
    let lists = [
      cores.count, batchSizes.count, ols.count, instanceCount, deallocDelays.count,
      splitSizes.count, vtcmPercents.count, depthFirst.count,
      partitions ? 3 * (mos.count + 1) * (mos.count + 1) : max(1, mos.count),
    ]
    return lists.reduce(1) { product, count in
      let (result, overflow) = product.multipliedReportingOverflow(by: count)
      return overflow ? Int.max : result
    }
  }

  private var instanceCount: Int {
    if case .values(let values) = instances { return values.count }
    return 1
  }

  /// Clusters and MOS of one row.
  private struct Split {
    var clusterSizes: [Int] = []
    var mos: ChannelSplit
  }

  /// As the vendor prints them: the plain row with the first MOS, the rows of four clusters, those
  /// of two, and then the other plain rows. Where the last ones stand is not documented.
  private func vendorSplits(cores: Int) -> [Split] {
    let plain =
      mos.isEmpty
      ? [Split(mos: .compilerDefault)] : mos.map { Split(mos: .uniform($0)) }
    guard partitions else { return plain }
    let partitioned = ClusterShape.shapes(cores: cores).flatMap { shape in
      mos.isEmpty
        ? [Split(clusterSizes: shape.sizes, mos: .compilerDefault)]
        : shape.splits(mos).map { Split(clusterSizes: shape.sizes, mos: .perCluster($0)) }
    }
    return plain.prefix(1) + partitioned + plain.dropFirst()
  }

  private func wholeClusterSplits(cores: Int) -> [Split] {
    guard partitions else { return [] }
    return ClusterShape.shapes(cores: cores).flatMap { shape in
      shape.splitsWithWholeClusters(mos).map {
        Split(clusterSizes: shape.sizes, mos: .perCluster($0))
      }
    }
  }

  private func groups(_ splits: (Int) -> [Split]) -> [AICConfiguration] {
    var rows: [AICConfiguration] = []
    for cores in cores {
      let splits = splits(cores)
      for batchSize in batchSizes {
        for ols in ols {
          for split in splits {
            for instances in instanceValues(cores: cores) {
              let layout = NSPLayout(
                cores: cores, clusterSizes: split.clusterSizes, mos: split.mos,
                instances: instances)
              rows += tuned(AICConfiguration(layout: layout, batchSize: batchSize, ols: ols))
            }
          }
        }
      }
    }
    return rows
  }

  private func tuned(_ configuration: AICConfiguration) -> [AICConfiguration] {
    var rows: [AICConfiguration] = []
    for delay in deallocDelays {
      for splitSize in splitSizes {
        for percent in vtcmPercents {
          for depthFirst in depthFirst {
            var row = configuration
            row.deallocDelay = delay
            row.splitSize = splitSize
            row.vtcmPercent = percent
            row.depthFirst = depthFirst
            rows.append(row)
          }
        }
      }
    }
    return rows
  }

  private func instanceValues(cores: Int) -> [Int] {
    switch instances {
    case .filling: [max(1, nsps / max(1, cores))]
    case .values(let values): values
    }
  }

  /// Why a row is left out, or nil. That the overlap split is at most the cores holds for the
  /// vendor's sample files, not for its compiler, so only the listing says it.
  private func reason(against row: AICConfiguration) -> String? {
    if let problem = row.layout.problem(onDeviceWith: nsps) { return problem.message }
    return row.ols > row.layout.cores
      ? "an overlap split of \(row.ols) is more than the \(row.layout.cores) cores" : nil
  }
}
