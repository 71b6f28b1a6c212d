import IsocutBackends
import IsocutSearch

/// What `isocut partition` says while it works.
enum PartitionProgress {
  static func show(_ event: Partitioner.Event, on progress: Progress) {
    switch event {
    case .preparing: progress.doing("preparing the model")
    case .prepared(let operators, let units, _):
      progress.done("prepared: \(operators) operators, \(units) can be cut")
    case .cuttingBaseline: progress.doing("the compiler cuts the model itself")
    case .noVendorsCut(let reason):
      progress.done("the compiler's own split cannot be the baseline: \(reason)")
    case .profiling(let level): progress.doing("profiling operators at level \(level.rawValue)")
    case .search(let level, let event): show(event, level: level.rawValue, on: progress)
    case .comparing(let cuts): progress.doing("measuring the best cuts (\(cuts)) in turns")
    case .measuringTogether: progress.doing("measuring all stages at the same time")
    case .verifying: progress.doing("verifying the stages against the whole model")
    case .compiling: progress.doing("compiling the final stages")
    case .verified(let result):
      // What differs is an error, which says so itself.
      guard result.pass else { break }
      progress.done(
        "verified: \(result.bitExact ? "bit-exact" : "within tolerance") on \(result.items) items")
    }
  }

  private static func show(_ event: SearchEvent, level: String, on progress: Progress) {
    switch event {
    case .measuring(let round, let stage, let operators, _):
      progress.doing(
        "level \(level), cut \(round): measuring stage \(stage) (\(operators) operators)")
    case .measured(_, let stage, let time):
      if time.failed, let reason = time.reason {
        progress.done("stage \(stage) does not run: \(reason)")
      }
    case .candidate(let round, let bottleneck, let isBest):
      progress.done(
        "level \(level), cut \(round): bottleneck \(milliseconds(bottleneck))\(isBest ? ", the best so far" : "")"
      )
    }
  }

  private static func milliseconds(_ value: Double) -> String {
    value.isFinite ? "\((value * 1000).rounded() / 1000) ms" : "none: a stage does not run"
  }
}
