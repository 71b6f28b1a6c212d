import IsocutBackends
package import IsocutGraph

/// How far one output of two runs lies apart.
///
/// NaN equals NaN and an infinity equals itself; a NaN or an infinity on one side only is an
/// infinite difference.
package struct OutputDifference: Hashable, Sendable {
  /// True where every byte is equal.
  package var isBitExact = true
  /// max |a - b| over all elements; for quantized and integer types in steps.
  package var maxAbsolute = 0.0
  /// max |b| over the finite elements of the reference.
  package var largestReference = 0.0

  /// max |a - b| / max |b|; zero where both are zero, infinite where only b is.
  package var maxRelative: Double {
    if maxAbsolute == 0 { return 0 }
    return largestReference == 0 ? .infinity : maxAbsolute / largestReference
  }

  package mutating func formMaximum(with other: OutputDifference) {
    isBitExact = isBitExact && other.isBitExact
    maxAbsolute = max(maxAbsolute, other.maxAbsolute)
    largestReference = max(largestReference, other.largestReference)
  }

  package init() {}

  /// Compares raw bytes of the same element type; types without arithmetic are equal or infinitely
  /// far apart.
  ///
  package init(
    of a: UnsafeRawBufferPointer, reference b: UnsafeRawBufferPointer, type: ElementType
  ) {
    isBitExact = a.elementsEqual(b)
    switch type {
    case .float32:
      compare(a, b, as: UInt32.self) { Double(Float(bitPattern: $0)) }
    case .float64:
      compare(a, b, as: UInt64.self) { Double(bitPattern: $0) }
    case .float16:
      compare(a, b, as: UInt16.self) { HalfPrecision.double(float16: $0) }
    case .bfloat16:
      compare(a, b, as: UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .int8: compare(a, b, as: Int8.self) { Double($0) }
    case .uint8, .bool: compare(a, b, as: UInt8.self) { Double($0) }
    case .int16: compare(a, b, as: Int16.self) { Double($0) }
    case .uint16: compare(a, b, as: UInt16.self) { Double($0) }
    case .int32: compare(a, b, as: Int32.self) { Double($0) }
    case .uint32: compare(a, b, as: UInt32.self) { Double($0) }
    case .int64:
      compare(a, b, as: Int64.self) { Double($0) }
      countUnequalIntegers()
    case .uint64:
      compare(a, b, as: UInt64.self) { Double($0) }
      countUnequalIntegers()
    default:
      // Types without arithmetic here: equal or not.
      maxAbsolute = isBitExact ? 0 : .infinity
      largestReference = 1
    }
  }

  /// Beyond 2^53 different integers can be the same `Double`: they differ by one at least.
  private mutating func countUnequalIntegers() {
    if !isBitExact { maxAbsolute = max(maxAbsolute, 1) }
  }

  private mutating func compare<Element>(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, as _: Element.Type,
    value: (Element) -> Double
  ) {
    guard a.count == b.count else {
      maxAbsolute = .infinity
      return
    }
    let stride = MemoryLayout<Element>.stride
    for offset in Swift.stride(from: 0, to: a.count - stride + 1, by: stride) {
      let x = value(a.loadUnaligned(fromByteOffset: offset, as: Element.self))
      let y = value(b.loadUnaligned(fromByteOffset: offset, as: Element.self))
      if y.isFinite { largestReference = max(largestReference, abs(y)) }
      if x == y || (x.isNaN && y.isNaN) { continue }
      maxAbsolute = x.isFinite && y.isFinite ? max(maxAbsolute, abs(x - y)) : .infinity
    }
  }
}

/// 16-bit floating point without the hardware type, which x86-64 Swift lacks.
enum HalfPrecision {
  /// The value of an IEEE 754 binary16 bit pattern.
  static func double(float16 bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10) & 31
    let fraction = Double(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1 + fraction / 1024)
        * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
