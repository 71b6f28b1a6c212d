/// The devices of a plan, one a stage: mostly the CPU cores of one machine in clusters.
public struct ClusterLayout: Hashable, Sendable {
  public let devices: [Device]
  /// True where a core serves more than one stage.
  public let sharesCores: Bool

  /// More stages than any machine runs, and few enough to make a device for each.
  public static let mostStages = 4096

  /// - Throws: `IsocutError` `.usage` for no stage, `.infeasible` for more than `mostStages`.
  public static func check(stageCount: Int) throws {
    guard stageCount > 0 else {
      throw IsocutError(.usage, "the number of stages must be at least 1")
    }
    guard stageCount <= mostStages else {
      throw IsocutError(
        .infeasible, "\(stageCount) stages are more than \(mostStages), the most there can be")
    }
  }

  /// Divides cores among stages.
  ///
  /// Without sizes the allowed cores make `stageCount` equal groups; cores that are left over stay
  /// idle. With more stages than cores, stage i of N on C cores uses core floor(i C / N).
  ///
  /// - Parameters:
  ///   - cpus: ids of the cores that may be used, in the order they are given out.
  ///   - clusterSizes: cores of each cluster (`--cluster-sizes`), or nil.
  ///   - mos: cores that share one operator: one value for all clusters or one each; nil takes the
  ///     whole cluster.
  ///   - coreKinds: of the machine that they are on.
  /// - Throws: `IsocutError` as `check(stageCount:)`; `.infeasible` when there are more clusters than
  ///   cores, the number of sizes is not the number of stages, or a MOS does not divide its cluster.
  public init(
    cpus: [Int], stageCount: Int, clusterSizes: [Int]?, mos: [Int]?,
    coreKinds: CoreKinds = CoreKinds()
  ) throws {
    guard !cpus.isEmpty else {
      throw IsocutError(.infeasible, "no core may be used; give core ids with --cpus")
    }
    try Self.check(stageCount: stageCount)
    let clusters = try Self.clusters(cpus: cpus, stageCount: stageCount, sizes: clusterSizes)
    if let mos, mos.count != 1, mos.count != stageCount {
      throw IsocutError(
        .infeasible,
        "--mos has \(mos.count) values for \(stageCount) stages; give one for all or one each")
    }
    devices = try clusters.enumerated().map { index, cores in
      let shared = mos.map { $0.count == 1 ? $0[0] : $0[index] } ?? cores.count
      guard shared > 0, cores.count % shared == 0 else {
        throw IsocutError(
          .infeasible,
          "MOS \(shared) does not divide the \(cores.count) cores of cluster \(index)")
      }
      return Device(
        id: "cpu:\(index)", kind: "cpu", cpus: cores, mos: shared, lanes: cores.count / shared,
        coreKinds: coreKinds.name(of: cores))
    }
    sharesCores = stageCount > 1 && Set(clusters.flatMap { $0 }).count < clusters.joined().count
  }

  /// Devices that are no CPU cores, one a stage.
  public init(accelerators: [Device]) {
    devices = accelerators
    sharesCores = false
  }

  private static func clusters(
    cpus: [Int], stageCount: Int, sizes: [Int]?
  ) throws -> [[Int]] {
    if let sizes {
      guard sizes.count == stageCount else {
        throw IsocutError(
          .infeasible,
          "--cluster-sizes names \(sizes.count) clusters for \(stageCount) stages")
      }
      guard sizes.allSatisfy({ $0 > 0 }) else {
        throw IsocutError(.infeasible, "a cluster needs at least one core")
      }
      guard sizes.reduce(0, +) <= cpus.count else {
        throw IsocutError(
          .infeasible,
          """
          clusters of \(sizes.map(String.init).joined(separator: " + ")) cores need \
          \(sizes.reduce(0, +)) cores, \(cpus.count) may be used here
          """)
      }
      var rest = cpus[...]
      return sizes.map { size in
        defer { rest = rest.dropFirst(size) }
        return Array(rest.prefix(size))
      }
    }
    if stageCount > cpus.count {
      return (0..<stageCount).map { [cpus[$0 * cpus.count / stageCount]] }
    }
    let size = cpus.count / stageCount
    return (0..<stageCount).map { Array(cpus[($0 * size)..<(($0 + 1) * size)]) }
  }
}

extension Device {
  /// Devices with the same speed: a cluster's shape and kind of cores name it, not its core ids.
  public var speedKind: DeviceKind {
    DeviceKind(rawValue: "\(kind):\(cpus.count)x\(mos)" + (coreKinds.map { " (\($0))" } ?? ""))
  }
}
