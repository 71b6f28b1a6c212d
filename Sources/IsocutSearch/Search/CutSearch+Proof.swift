package import IsocutGraph

/// What measurements prove about the best cut.
package struct Proof: Sendable {
  package var certificate: Plan.Certificate
  /// No cut is faster than this, by what the certificate rests on.
  package var bound: Double?
  /// What it rests on, a sentence; nil where nothing was searched.
  package var basis: String?

  package init(_ certificate: Plan.Certificate, bound: Double?, basis: String?) {
    self.certificate = certificate
    self.bound = bound
    self.basis = basis
  }

  package static let none = Proof(.none, bound: nil, basis: nil)
}

extension CutSearch {
  /// What is proven so far.
  package var proof: Proof {
    guard let best, let goal = provingGoal else { return .none }
    if isExhausted {
      return Proof(
        .measuredOrder, bound: best.bottleneck,
        basis: """
          Every cut along the model's own order of operators was measured; other orders were not.
          """)
    }
    if let (part, whole) = known.contradiction {
      return Proof(
        .none, bound: nil,
        basis: """
          Nothing is proven: a stage of \(whole.operators.count) operators was measured to be \
          faster (\(whole.time.milliseconds.text) ms) than a part of it with \
          \(part.operators.count) (\(part.time.milliseconds.text) ms), as happens where operators \
          fuse at a cut.
          """)
    }
    // The bottleneck may be as slow as its interval's upper end, a link as fast as its lower end.
    let noise = best.bottleneck / best.high
    let bound = allCuts.bound(known)
    if bound >= goal.low {
      return Proof(
        .measured, bound: bound * noise,
        basis: """
          The lower bound rests on measured stages: every cut has a stage that contains one of \
          them, and a stage is assumed to take no less than any part of it.
          """)
    }
    if let oneOrder {
      let bound = oneOrder.bound(known)
      if bound >= goal.low {
        return Proof(
          .measuredOrder, bound: bound * noise,
          basis: """
            The lower bound rests on measured stages and holds for cuts along one order of the \
            operators; a stage is assumed to take no less than any part of it.
            """)
      }
    }
    guard let modelBound else { return .none }
    return Proof(
      .model, bound: modelBound,
      basis: """
        The lower bound rests on the times that were learnt, not on measured stages alone; those \
        prove \(bound == 0 ? "nothing" : "\((bound * noise).text) ms").
        """)
  }
}

extension Double {
  fileprivate var text: String {
    let thousandths = (self * 1000).rounded()
    return thousandths.magnitude < 1e15 ? "\(thousandths / 1000)" : "\(self)"
  }
}
