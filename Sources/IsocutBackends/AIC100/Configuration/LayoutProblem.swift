/// A rule for using the cores of a device that a layout breaks.
///
/// Checked before anything is compiled, since the vendor documents no messages for these and a
/// compilation takes minutes.
package enum LayoutProblem: Hashable, Sendable {
  case noCores(Int)
  case noInstances(Int)
  case clusterCount([Int])
  case emptyCluster(index: Int, size: Int)
  case sumOfSizes([Int], cores: Int)
  case splitBelowOne(Int)
  case splitCount([Int], clusters: Int)
  case splitAboveCores(Int, cores: Int)
  case splitAboveCluster(Int, index: Int, size: Int)
  case coresAboveDevice(Int, nsps: Int)
  case instancesAboveDevice(cores: Int, instances: Int, nsps: Int)

  /// What is wrong and what to change.
  package var message: String {
    switch self {
    case .noCores(let cores):
      return "a program cannot use \(cores) cores; give -aic-num-cores 1 or more"
    case .noInstances(let count):
      return "a program cannot run in \(count) instances; give 1 or more"
    case .clusterCount(let sizes):
      return """
        -sdp-cluster-sizes=\(list(sizes)) makes \(sizes.count) \
        cluster\(sizes.count == 1 ? "" : "s"); single device partitioning takes 2 or 4
        """
    case .emptyCluster(let index, let size):
      return "cluster \(index) of -sdp-cluster-sizes has \(size) cores; each needs at least 1"
    case .sumOfSizes(let sizes, let cores):
      return """
        the clusters of -sdp-cluster-sizes=\(list(sizes)) do not sum to -aic-num-cores=\(cores); \
        the sum of the sizes must be the number of cores
        """
    case .splitBelowOne(let value):
      return "MOS \(value) is not possible; give 1 or more, or leave -mos out"
    case .splitCount(let values, let clusters):
      return """
        -mos=\(list(values)) has \(values.count) values for \(clusters) \
        cluster\(clusters == 1 ? "" : "s"); give one value for all, or one for each
        """
    case .splitAboveCores(let value, let cores):
      return "MOS \(value) is more than the \(cores) cores of the program"
    case .splitAboveCluster(let value, let index, let size):
      return "MOS \(value) is more than the \(size) cores of cluster \(index)"
    case .coresAboveDevice(let cores, let nsps):
      return "\(cores) cores are more than the \(nsps) NSPs of the device"
    case .instancesAboveDevice(let cores, let instances, let nsps):
      return """
        \(instances) instances of \(cores) cores need more than the \(nsps) NSPs of the device; \
        at most \(nsps / max(1, cores)) fit
        """
    }
  }

  private func list(_ values: [Int]) -> String {
    values.map(String.init).joined(separator: ",")
  }
}
