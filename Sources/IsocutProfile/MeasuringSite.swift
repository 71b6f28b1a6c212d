package import IsocutWorker

/// Where measurements are made: what their keys and a plan say of it.
package struct MeasuringSite: Hashable, Sendable {
  package var machine: MachineDescription
  /// Core ids that stages may be pinned to there.
  package var cpus: [Int]
  package var backendVersion: String
  /// Of the vendor's compiler, which runs on this machine wherever stages are measured; nil where
  /// there is none.
  package var compilerVersion: String?
  /// True where it may be another machine than this one.
  package var isRemote: Bool

  /// Everything that another version would measure otherwise.
  var versions: String {
    (compilerVersion.map { "compiler \($0), " } ?? "") + backendVersion
  }
}
