import IsocutGraph

/// How a program uses the cores (NSPs) of one Cloud AI 100 device.
package struct NSPLayout: Hashable, Sendable, Codable {
  /// Cores of one instance (`-aic-num-cores`).
  package var cores: Int
  /// Cores of each cluster (`-sdp-cluster-sizes`), the first part of the network first. Empty
  /// without single device partitioning.
  package var clusterSizes: [Int]
  package var mos: ChannelSplit
  /// Copies of the program that run side by side (`qaic-runner -a`).
  package var instances: Int

  package init(
    cores: Int, clusterSizes: [Int] = [], mos: ChannelSplit = .compilerDefault, instances: Int = 1
  ) {
    self.cores = cores
    self.clusterSizes = clusterSizes
    self.mos = mos
    self.instances = instances
  }

  /// No device of any kind has more cores.
  package static let mostNSPs = 16

  /// Inferences of one instance that must be queued for all of its clusters to have work.
  package var inferencesInFlight: Int { max(1, clusterSizes.count) }

  /// The first rule that this layout breaks, or nil.
  ///
  /// That sizes sum to the cores and that there are at most four clusters is documented by the
  /// vendor, and so is MOS <= cores; two or four clusters and MOS <= cluster follow from everything
  /// that was published.
  ///
  /// - Parameter nsps: cores of the device; nil where no device is known yet.
  package func problem(onDeviceWith nsps: Int?) -> LayoutProblem? {
    guard cores > 0 else { return .noCores(cores) }
    guard instances > 0 else { return .noInstances(instances) }
    return clusterProblem ?? splitProblem ?? nsps.flatMap(deviceProblem)
  }

  /// - Throws: `IsocutError` `.infeasible` with the message of the first rule that is broken.
  package func validate(onDeviceWith nsps: Int?) throws {
    if let problem = problem(onDeviceWith: nsps) {
      throw IsocutError(.infeasible, problem.message)
    }
  }

  private var clusterProblem: LayoutProblem? {
    guard !clusterSizes.isEmpty else { return nil }
    guard clusterSizes.count == 2 || clusterSizes.count == 4 else {
      return .clusterCount(clusterSizes)
    }
    if let empty = clusterSizes.firstIndex(where: { $0 < 1 }) {
      return .emptyCluster(index: empty, size: clusterSizes[empty])
    }
    // Wide: a size that a user typed may be as large as an Int holds.
    let sum = clusterSizes.reduce(into: (total: 0, overflow: false)) { sum, size in
      let (total, overflow) = sum.total.addingReportingOverflow(size)
      sum = (total, sum.overflow || overflow)
    }
    guard !sum.overflow, sum.total == cores else {
      return .sumOfSizes(clusterSizes, cores: cores)
    }
    return nil
  }

  private var splitProblem: LayoutProblem? {
    let values = mos.values
    if let low = values.first(where: { $0 < 1 }) { return .splitBelowOne(low) }
    guard !clusterSizes.isEmpty else {
      if values.count > 1 { return .splitCount(values, clusters: 1) }
      return values.first.flatMap { $0 > cores ? .splitAboveCores($0, cores: cores) : nil }
    }
    guard values.isEmpty || values.count == 1 || values.count == clusterSizes.count else {
      return .splitCount(values, clusters: clusterSizes.count)
    }
    for (index, size) in clusterSizes.enumerated() where !values.isEmpty {
      let value = values.count == 1 ? values[0] : values[index]
      if value > size { return .splitAboveCluster(value, index: index, size: size) }
    }
    return nil
  }

  private func deviceProblem(nsps: Int) -> LayoutProblem? {
    guard cores <= nsps else { return .coresAboveDevice(cores, nsps: nsps) }
    // Divided, not multiplied: the product of two typed numbers may not fit.
    guard instances <= nsps / cores else {
      return .instancesAboveDevice(cores: cores, instances: instances, nsps: nsps)
    }
    return nil
  }
}
