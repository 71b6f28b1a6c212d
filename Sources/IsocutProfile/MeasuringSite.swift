package import IsocutWorker

/// Where measurements are made: what their keys and a plan say of it.
package struct MeasuringSite: Hashable, Sendable {
  package var machine: MachineDescription
  /// Core ids that stages may be pinned to there.
  package var cpus: [Int]
  package var backendVersion: String
  /// True where it may be another machine than this one.
  package var isRemote: Bool
}
