/// The maximum output channel split (MOS): how many cores of a cluster share one operator.
package enum ChannelSplit: Hashable, Sendable, Codable {
  /// No value is given; the compiler's own heuristics choose.
  case compilerDefault
  /// One value for all clusters, or for a program without clusters.
  case uniform(Int)
  /// One value for each cluster, in the order of the cluster sizes.
  case perCluster([Int])

  /// The values as given; empty where the compiler chooses.
  package var values: [Int] {
    switch self {
    case .compilerDefault: []
    case .uniform(let value): [value]
    case .perCluster(let values): values
    }
  }

  /// What follows `-mos=`, or nil where the option is left out.
  package var argument: String? {
    let values = values
    return values.isEmpty ? nil : values.map(String.init).joined(separator: ",")
  }

  /// One value is the same for all clusters, several are one each, none leaves it to the compiler.
  package init(_ values: [Int]) {
    switch values.count {
    case 0: self = .compilerDefault
    case 1: self = .uniform(values[0])
    default: self = .perCluster(values)
    }
  }
}
