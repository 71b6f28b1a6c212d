import IsocutGraph
import IsocutSearch
import Testing

@Suite struct OutputDifferenceTests {
  private func difference<Element>(
    _ a: [Element], _ b: [Element], _ type: ElementType
  ) -> OutputDifference {
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in OutputDifference(of: a, reference: b, type: type) }
    }
  }

  @Test func equalBytesAreBitExact() {
    let result = difference([1.5, -2] as [Float], [1.5, -2], .float32)
    #expect(result.isBitExact)
    #expect(result.maxAbsolute == 0)
    #expect(result.largestReference == 2)
    #expect(result.maxRelative == 0)
  }

  @Test func theLargestElementDecides() {
    let result = difference([1, 2, 3.5] as [Float], [1, 2.25, 4], .float32)
    #expect(!result.isBitExact)
    #expect(result.maxAbsolute == 0.5)
    #expect(result.maxRelative == 0.125)
  }

  @Test func integersBeyondWhatADoubleHoldsStillDiffer() {
    #expect(difference([1 << 53] as [Int64], [(1 << 53) + 1], .int64).maxAbsolute == 1)
    #expect(difference([.max] as [UInt64], [.max - 1], .uint64).maxAbsolute == 1)
    #expect(difference([.max] as [UInt64], [.max], .uint64).maxAbsolute == 0)
  }

  @Test func notANumberEqualsItselfAndNothingElse() {
    #expect(difference([Float.nan, 1], [Float.nan, 1], .float32).maxAbsolute == 0)
    #expect(difference([Float.nan], [1], .float32).maxAbsolute == .infinity)
    #expect(difference([1], [Float.nan], .float32).maxAbsolute == .infinity)
    // Two patterns of NaN: equal as numbers, not as bits.
    let other = Float(bitPattern: 0x7FC0_0001)
    #expect(!difference([other], [Float.nan], .float32).isBitExact)
    #expect(difference([other], [Float.nan], .float32).maxAbsolute == 0)
  }

  @Test func infinitiesMustMatch() {
    #expect(difference([Float.infinity], [Float.infinity], .float32).maxAbsolute == 0)
    #expect(difference([Float.infinity], [-Float.infinity], .float32).maxAbsolute == .infinity)
    #expect(difference([Float.infinity], [1], .float32).maxAbsolute == .infinity)
  }

  @Test func halfPrecisionIsReadAsNumbers() {
    // 1.0, 2.0 and the smallest subnormal, as IEEE 754 binary16.
    let result = difference([0x3C00, 0x0001] as [UInt16], [0x4000, 0x0000], .float16)
    #expect(result.maxAbsolute == 1)
    #expect(difference([0x0001] as [UInt16], [0], .float16).maxAbsolute == 0x1p-24)
    #expect(difference([0x3F80] as [UInt16], [0x4000], .bfloat16).maxAbsolute == 1)
  }

  @Test func quantizedTypesCountSteps() {
    #expect(difference([-128, 5] as [Int8], [-126, 5], .int8).maxAbsolute == 2)
    #expect(difference([0] as [UInt8], [255], .uint8).maxAbsolute == 255)
  }

  @Test func typesWithoutArithmeticAreEqualOrNot() {
    #expect(difference([0x12] as [UInt8], [0x12], .int4).maxAbsolute == 0)
    #expect(difference([0x12] as [UInt8], [0x13], .int4).maxAbsolute == .infinity)
  }
}
