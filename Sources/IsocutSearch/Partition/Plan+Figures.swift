import Foundation
import IsocutGraph

extension Plan {
  /// A difference between the search and the final turns that a reader is told of, as a share.
  private static let noticed = 0.03

  /// Sets what follows from the stages' measured times.
  ///
  /// - Parameter searched: milliseconds of the bottleneck as the search measured it under the same
  ///   conditions as the proof's bound; nil where it measured another cut.
  mutating func takeFigures(_ proof: Proof, baseline: Double?, searched: Double?) {
    let times = stages.compactMap(\.measuredMs)
    let bottleneck = times.max()
    bottleneckMs = bottleneck
    bottleneckTogetherMs = stages.compactMap(\.measuredTogetherMs).max()
    equalParametersBottleneckMs = baseline
    var cores: [Int: Double] = [:]
    for stage in stages {
      for cpu in stage.device.cpus { cores[cpu, default: 0] += stage.measuredMs ?? 0 }
    }
    let shares = stages.flatMap(\.device.cpus).count > cores.count
    coreBottleneckMs = shares ? cores.values.max() : nil
    if let basis = proof.basis { notes.append(basis) }
    guard let bound = proof.bound, let bottleneck, bound > 0 else { return }
    // The bound comes from the search's measurements, the bottleneck from the last one.
    if bound <= bottleneck {
      lowerBoundMs = bound
      gapPercent = 100 * (bottleneck / bound - 1)
      certificate = proof.certificate
      if let searched, bottleneck > searched * (1 + Self.noticed), searched >= bound {
        notes.append(
          """
          The machine was slower in the final turns, which the plan's times are from: the search \
          measured this cut at \(String(format: "%.3f", searched)) ms, \
          \(String(format: "%.1f", 100 * (searched / bound - 1))) % above the bound.
          """)
      }
    } else {
      notes.append(
        "The machine was faster at the end than during the search, whose bound says nothing now.")
    }
  }
}
