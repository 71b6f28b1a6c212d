package import IsocutGraph

extension Plan {
  /// Why the pipelined runners of libcoral and pycoral refuse these segments, which isocut runs; nil
  /// where they take them.
  ///
  /// They stop at their construction unless each output of a segment, the last one apart, is an input
  /// of a later one, by name, and each input of a segment, the first one apart, an output of an
  /// earlier one (libcoral's `PipelinedModelRunner`, pycoral's `pipelined_model_runner.py`).
  package var vendorRunnersObjection: String? {
    var reasons: [String] = []
    for (index, stage) in stages.enumerated() {
      let made = Set(stages[..<index].flatMap { $0.outputTensors.map(\.name) })
      let read = Set(stages[(index + 1)...].flatMap { $0.inputTensors.map(\.name) })
      if index > 0 {
        reasons += stage.inputTensors.map(\.name).filter { !made.contains($0) }.map {
          "no segment before segment \(index) makes its input \($0)"
        }
      }
      if index < stages.count - 1 {
        reasons += stage.outputTensors.map(\.name).filter { !read.contains($0) }.map {
          "no segment after segment \(index) reads its output \($0)"
        }
      }
    }
    guard !reasons.isEmpty else { return nil }
    return """
      The pipelined runners of libcoral and pycoral refuse these segments, which isocut runs: \
      \(reasons.joined(separator: "; ")).
      """
  }
}

extension Graph {
  /// The graph with ties that keep the model's inputs in the first segment and its outputs in the last
  /// one, where so many segments are left to cut; else the graph as it is, and the plan says what
  /// the runners refuse.
  func forVendorRunners(segments: Int) -> Graph {
    var tied = self
    tied.ties += endTies(
      because: """
        the pipelined runners of libcoral and pycoral give a model's inputs to the first segment \
        and take its outputs from the last
        """)
    return tied.contraction.units.count >= segments ? tied : self
  }
}
