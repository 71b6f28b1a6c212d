/// A way to divide the cores of a program into clusters, as the vendor's configurator does it.
package struct ClusterShape: Hashable, Sendable {
  /// Cores of each cluster, the first part of the network first.
  package var sizes: [Int]

  /// The shapes for a number of cores: four clusters, then two.
  ///
  /// All clusters but the last have ceil(cores / count), the last has the rest; where nothing is
  /// left for it the shape does not exist. This gives every configuration that the vendor names
  /// or prints (8/8, 4/4/4/2 on 14 cores, 4/4/4/3 and 8/7 on 15); for other numbers of cores it is
  /// the simplest rule that does.
  package static func shapes(cores: Int) -> [ClusterShape] {
    [4, 2].compactMap { count in
      guard cores > 0 else { return nil }
      let size = (cores - 1) / count + 1
      let (others, overflow) = size.multipliedReportingOverflow(by: count - 1)
      guard !overflow, others < cores else { return nil }
      return ClusterShape(
        sizes: Array(repeating: size, count: count - 1) + [cores - others])
    }
  }

  /// MOS of each cluster, for each combination the vendor's configurator tries: one value for the
  /// first half of the clusters and one for the second, the first half's changing slowest, values
  /// in the order given, none above the smallest cluster of its half.
  package func splits(_ values: [Int]) -> [[Int]] {
    combinations { half in
      values.filter { $0 <= half.min() ?? 0 }.map { value in half.map { _ in value } }
    }
  }

  /// Further combinations, in which the clusters of one half or both use all of their cores at
  /// once. Tuned configurations that the vendor published use them (6/6 cores with MOS 1,6 and
  /// 6,6), and a list such as 1,2,4,8 never tries them.
  package func splitsWithWholeClusters(_ values: [Int]) -> [[Int]] {
    let known = Set(splits(values))
    return combinations { half in
      let plain = values.filter { $0 <= half.min() ?? 0 }.map { value in half.map { _ in value } }
      return plain.contains(half) ? plain : plain + [half]
    }
    .filter { !known.contains($0) }
  }

  private func combinations(_ choices: ([Int]) -> [[Int]]) -> [[Int]] {
    let middle = sizes.count / 2
    let second = choices(Array(sizes[middle...]))
    return choices(Array(sizes[..<middle])).flatMap { first in second.map { first + $0 } }
  }
}
