import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutSearch

@Suite("Figures of a plan") struct PlanFiguresTests {
  private static func plan(_ measured: Double, searched: Double?, bound: Double) -> Plan {
    var plan = Plan.sample
    plan.notes = []
    plan.stages[0].measuredMs = measured
    plan.takeFigures(
      Proof(.measured, bound: bound, basis: "What it rests on."), baseline: 12,
      searched: searched)
    return plan
  }

  @Test(
    "the gap is that of the last measurement; where the machine was slower then, the search's is said"
  )
  func slowerAtTheEnd() {
    let slower = Self.plan(13.2, searched: 10.1, bound: 10)
    #expect(slower.certificate == .measured)
    #expect(abs((slower.gapPercent ?? 0) - 32) < 1e-9)
    #expect(
      slower.notes.last
        == "The machine was slower in the final turns, which the plan's times are from: the search measured this cut at 10.100 ms, 1.0 % above the bound."
    )
    #expect(Self.plan(10.2, searched: 10.1, bound: 10).notes == ["What it rests on."])
    #expect(Self.plan(13.2, searched: nil, bound: 10).notes == ["What it rests on."])
  }

  @Test("a bound above the last measurement is no bound of it")
  func fasterAtTheEnd() {
    let faster = Self.plan(9, searched: 10.1, bound: 10)
    #expect(faster.gapPercent == nil && faster.lowerBoundMs == nil)
    #expect(faster.notes.last?.hasPrefix("The machine was faster at the end") == true)
  }
}
