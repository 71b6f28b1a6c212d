import IsocutGraph
import IsocutSearch
import Testing

@testable import struct IsocutSearch.KnownStages

@Suite struct KnownStagesTests {
  private let kind = DeviceKind(rawValue: "synthetic")

  private func entry(
    _ range: Range<Int>, _ low: Double, _ high: Double
  ) -> KnownStages.Entry {
    let time = (low + high) / 2
    return KnownStages.Entry(
      operators: OperatorSet(range, capacity: 10), kind: kind,
      time: StageTime(milliseconds: time, low: low, high: high, latency: time, isSteady: true))
  }

  @Test func aPartDearerThanTheWholeContradicts() {
    var known = KnownStages()
    known.take(entry(0..<4, 5, 5.2))
    known.take(entry(0..<6, 4.7, 4.9))
    #expect(!known.isMonotone)
    #expect(known.contradiction?.part.operators.count == 4)
    #expect(known.contradiction?.whole.operators.count == 6)
  }

  @Test func intervalsThatOverlapDoNotContradict() {
    var known = KnownStages()
    known.take(entry(0..<6, 4.7, 5.1))
    known.take(entry(0..<4, 5, 5.2))
    known.take(entry(4..<9, 9, 9.2))
    #expect(known.isMonotone)
  }
}
