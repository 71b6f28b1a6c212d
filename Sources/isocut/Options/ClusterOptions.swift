import ArgumentParser
import IsocutGraph
import IsocutSearch

/// Which cores the stages run on.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Core ids the stages are pinned to, such as 0,1 or 0-3. Default: all this process may use.",
      valueName: "ids"))
  var cpus: String?

  @Option(
    name: .customLong("cluster-sizes"),
    help: ArgumentHelp(
      "Cores of each stage's cluster, such as 1,1. Default: equal groups.", valueName: "counts"))
  var clusterSizes: String?

  @Option(
    help: ArgumentHelp(
      "Cores that share one operator: one value, or one a stage. Default: the whole cluster.",
      valueName: "counts"))
  var mos: String?

  /// Cores of each cluster; nil where they are not given.
  var sizes: [Int]? {
    get throws { try clusterSizes.map { try CoreList.counts($0, flag: "--cluster-sizes") } }
  }

  /// Cores that share one operator; nil where they are not given.
  var mosValues: [Int]? { get throws { try mos.map { try CoreList.counts($0, flag: "--mos") } } }

  /// - Parameters:
  ///   - allowed: core ids that may be used where the stages run.
  ///   - coreKinds: of that machine.
  func layout(stageCount: Int, allowed: [Int], coreKinds: CoreKinds) throws -> ClusterLayout {
    let ids = try cpus.map { try CoreList.parse($0, flag: "--cpus") } ?? allowed
    if let outside = ids.first(where: { !allowed.contains($0) }) {
      throw IsocutError(
        .infeasible,
        "core \(outside) may not be used here; allowed are \(CoreList.text(allowed))")
    }
    if let repeated = Dictionary(grouping: ids, by: { $0 }).first(where: { $0.value.count > 1 }) {
      throw IsocutError(.usage, "--cpus names core \(repeated.key) twice")
    }
    return try ClusterLayout(
      cpus: ids, stageCount: stageCount,
      clusterSizes: sizes, mos: mosValues, coreKinds: coreKinds)
  }
}

/// Lists of cores and counts as users write them.
enum CoreList {
  /// `0,2-4` as 0, 2, 3, 4.
  static func parse(_ text: String, flag: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).flatMap { part -> [Int] in
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      switch ends.count {
      case 1: if let id = ends[0], id >= 0 { return [id] }
      case 2:
        if let low = ends[0], let high = ends[1], 0 <= low, low <= high, high < 1 << 16 {
          return Array(low...high)
        }
      default: break
      }
      throw IsocutError(.usage, "\(flag) \(text) is no list of core ids such as 0,1 or 0-3")
    }
  }

  static func counts(_ text: String, flag: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      // Sums of counts must fit.
      guard let count = Int(part), count > 0, count < 1 << 16 else {
        throw IsocutError(.usage, "\(flag) \(text) is no list of counts such as 1,1")
      }
      return count
    }
  }

  static func text(_ ids: [Int]) -> String { ids.map(String.init).joined(separator: ",") }
}
