import IsocutGraph
import IsocutSearch
import Testing
import _IsocutTestSupport

@Suite struct RefutationTests {
  private static let kind = DeviceKind(rawValue: "synthetic")

  private func refutation(_ successors: [[Int]], stages: Int) -> Refutation {
    Refutation(
      order: UnitOrder(successors: successors), kinds: Array(repeating: Self.kind, count: stages))
  }

  private func link(_ units: some Sequence<Int>, of count: Int) -> Refutation.Link {
    Refutation.Link(units: OperatorSet(units, capacity: count), kind: Self.kind)
  }

  @Test func aRowOfSegmentsThatShareTheirEndsRefutesAChain() {
    let chain = refutation((0..<6).map { $0 < 5 ? [$0 + 1] : [] }, stages: 3)
    let row = [link(0...2, of: 6), link(2...4, of: 6), link(4...5, of: 6)]
    #expect(chain.cut(avoiding: row) == .refuted)
    // Without one of them, and where two do not touch, there is a way through.
    #expect(chain.cut(avoiding: Array(row.dropLast())) != .refuted)
    let loose = [link(0...2, of: 6), link(3...4, of: 6), link(3...5, of: 6)]
    #expect(chain.cut(avoiding: loose) != .refuted)
  }

  @Test func aLinkBindsStagesOfItsKindOnly() {
    let other = DeviceKind(rawValue: "other")
    let mixed = Refutation(
      order: UnitOrder(successors: [[1], [2], []]), kinds: [Self.kind, other])
    let whole = link(0...1, of: 3)
    guard case .avoided(let stages) = mixed.cut(avoiding: [whole]) else {
      Issue.record("the second device may take everything")
      return
    }
    #expect(!stages[0].contains(1))
  }

  /// All cuts of a small graph, by trying every assignment of units to stages.
  private func everyCut(_ successors: [[Int]], stages: Int) -> [[OperatorSet]] {
    let count = successors.count
    var cuts: [[OperatorSet]] = []
    var stageOf = Array(repeating: 0, count: count)
    func place(_ unit: Int) {
      guard unit < count else {
        cuts.append(
          (0..<stages).map { stage in
            OperatorSet((0..<count).filter { stageOf[$0] == stage }, capacity: count)
          })
        return
      }
      let first =
        (0..<unit).filter { successors[$0].contains(unit) }.map { stageOf[$0] }.max() ?? 0
      for stage in first..<stages {
        stageOf[unit] = stage
        place(unit + 1)
      }
    }
    place(0)
    return cuts
  }

  @Test(arguments: 0..<300)
  func agreesWithTryingEveryCut(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 3...7, using: &random)
    let stages = Int.random(in: 2...3, using: &random)
    let successors = (0..<count).map { unit in
      ((unit + 1)..<max(count, unit + 1)).filter { _ in random.chance(0.4) }
    }
    let cuts = everyCut(successors, stages: stages)
    // Links are stages of some cut, as measured ones are.
    let links = (0..<Int.random(in: 1...7, using: &random)).compactMap { _ in
      cuts.randomElement(using: &random)?.filter { !$0.isEmpty }.randomElement(using: &random)
    }.map { Refutation.Link(units: $0, kind: Self.kind) }
    let avoiding = cuts.filter { cut in
      links.allSatisfy { link in !cut.contains { link.units.isSubset(of: $0) } }
    }
    switch refutation(successors, stages: stages).cut(avoiding: links) {
    case .refuted: #expect(avoiding.isEmpty)
    case .avoided(let cut): #expect(avoiding.contains(cut))
    case .unclear: Issue.record("seven units have few cuts")
    }
  }
}
