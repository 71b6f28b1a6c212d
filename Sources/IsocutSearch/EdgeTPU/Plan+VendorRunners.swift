package import IsocutGraph

extension Plan {
  /// Why the pipelined runners of libcoral and pycoral do not run these segments as isocut does; nil
  /// where they do.
  ///
  /// They stop at their construction unless each output of a segment, the last one apart, is an input
  /// of a later one, by name, and each input of a segment, the first one apart, an output of an
  /// earlier one; and they return outputs of the last segment only, without a word about others
  /// (libcoral's `PipelinedModelRunner`, pycoral's `pipelined_model_runner.py`).
  package var vendorRunnersObjection: String? {
    var reasons: [String] = []
    let returned = Set(outputs.map(\.name))
    for (index, stage) in stages.enumerated() {
      let made = Set(stages[..<index].flatMap { $0.outputTensors.map(\.name) })
      let read = Set(stages[(index + 1)...].flatMap { $0.inputTensors.map(\.name) })
      if index > 0 {
        reasons += stage.inputTensors.map(\.name).filter { !made.contains($0) }.map {
          "no segment before segment \(index) makes its input \($0)"
        }
      }
      if index < stages.count - 1 {
        for name in stage.outputTensors.map(\.name) {
          if !read.contains(name) {
            reasons.append("no segment after segment \(index) reads its output \(name)")
          } else if returned.contains(name) {
            reasons.append(
              "segment \(index) makes the model's output \(name), and they return those of the last"
            )
          }
        }
      }
    }
    guard !reasons.isEmpty else { return nil }
    return """
      The pipelined runners of libcoral and pycoral cannot run these segments, isocut can: \
      \(reasons.joined(separator: "; ")).
      """
  }
}

extension Graph {
  /// The graph with ties that keep the model's inputs in the first segment and its outputs in the last
  /// one, where so many segments are left to cut; else the graph as it is, and the plan says what
  /// the runners refuse.
  ///
  /// - Returns: the graph, and what a reader of the plan should know of it.
  func forVendorRunners(segments: Int) -> (graph: Graph, notes: [String]) {
    var tied = self
    tied.ties += endTies(
      because: """
        the pipelined runners of libcoral and pycoral give a model's inputs to the first segment \
        and take its outputs from the last
        """)
    let (units, cuttable) = (tied.contraction.units.count, contraction.units.count)
    guard units >= segments else { return (self, []) }
    guard units < cuttable else { return (tied, []) }
    return (
      tied,
      [
        """
        The vendor's runners give a model's inputs to the first segment and take its outputs from the \
        last, so what reads and makes them stays together: \(units) units are cut instead of \
        \(cuttable), and other cuts are not considered. --runner isocut cuts freely, for \
        isocut's own runner.
        """
      ]
    )
  }
}
