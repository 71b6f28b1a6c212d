/// Names of the threads that run lanes: what a crash report names, leads back to the stage.
package enum LaneThread {
  package static func name(stage: Int, lane: Int) -> String { "isocut-\(stage).\(lane)" }

  /// The stage of a thread, or nil for a thread that runs no lane.
  package static func stage(ofThread name: String) -> Int? {
    guard let match = name.wholeMatch(of: #/isocut-(\d+)\.\d+/#) else { return nil }
    return Int(match.1)
  }
}
