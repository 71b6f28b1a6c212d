internal import IsocutGraph

/// How the elements of an input are drawn.
enum ValueLaw {
  /// Floats uniform in [0, 1), integers of 8 bits (pictures, quantized numbers) any value, longer
  /// ones (places, masks) 0 or 1, booleans either.
  case standard
  case constant(Double)
  /// Both bounds included for integers, the upper one excluded for floats.
  case uniform(Double, Double)

  /// The bounds in words of the command line.
  fileprivate var flag: String {
    switch self {
    case .standard: ""
    case .constant(let value): "--input-value \(value)"
    case .uniform(let low, let high): "--input-range \(low),\(high)"
    }
  }
}

extension TensorBuffer {
  /// - Throws: `IsocutError` `.usage` where the law asks for values that the type does not have.
  func fill(_ law: ValueLaw, _ generator: inout SplitMix64) throws {
    switch spec.elementType {
    case .float32: try fillFloats(Float.self, law, &generator)
    case .float64: try fillFloats(Double.self, law, &generator)
    case .float16: try fillFloats(Float16.self, law, &generator)
    case .bfloat16: try fillFloats(BFloat16.self, law, &generator)
    case .int8: try fillIntegers(Int8.self, law, &generator)
    case .int16: try fillIntegers(Int16.self, law, &generator)
    case .int32: try fillIntegers(Int32.self, law, &generator)
    case .int64: try fillIntegers(Int64.self, law, &generator)
    case .uint8: try fillIntegers(UInt8.self, law, &generator)
    case .uint16: try fillIntegers(UInt16.self, law, &generator)
    case .uint32: try fillIntegers(UInt32.self, law, &generator)
    case .uint64: try fillIntegers(UInt64.self, law, &generator)
    case .bool:
      let (low, span) = try integerBounds(0...UInt8(1), law)
      store { low + UInt8(generator.nextOffset(upTo: span)) }
    default:
      throw IsocutError(
        .usage,
        "no values can be made for the input \(spec.name), which is \(spec.elementType.rawValue): "
          + "give a file with --input \(spec.name)=FILE:\(spec.elementType.rawValue):DIMS")
    }
  }

  private func fillFloats<Element: InputFloat>(
    _ type: Element.Type, _ law: ValueLaw, _ generator: inout SplitMix64
  ) throws {
    let (low, high): (Double, Double)
    switch law {
    case .standard: (low, high) = (0, 1)
    case .constant(let value):
      guard let element = Element(inRange: value) else { throw outside(law) }
      store { element }
      return
    case .uniform(let least, let most):
      guard least < most, Element(inRange: least) != nil, Element(inRange: most) != nil,
        (most - least).isFinite
      else { throw outside(law) }
      (low, high) = (least, most)
    }
    store {
      // Rounding to the type must not reach the excluded bound.
      let element = Element(rounding: low + generator.nextUnit() * (high - low))
      return element.asDouble < high ? element : element.below
    }
  }

  private func fillIntegers<Element: FixedWidthInteger>(
    _ type: Element.Type, _ law: ValueLaw, _ generator: inout SplitMix64
  ) throws {
    let (low, span) = try integerBounds(Element.min...Element.max, law)
    store { low &+ Element(truncatingIfNeeded: generator.nextOffset(upTo: span)) }
  }

  private func integerBounds<Element: FixedWidthInteger>(
    _ allowed: ClosedRange<Element>, _ law: ValueLaw
  ) throws -> (low: Element, span: UInt64) {
    let (least, most): (Double, Double) =
      switch law {
      case .standard:
        Element.bitWidth == 8
          ? (Double(allowed.lowerBound), Double(allowed.upperBound)) : (0, 1)
      case .constant(let value): (value, value)
      case .uniform(let least, let most): (least, most)
      }
    guard let low = Element(exactly: least), let high = Element(exactly: most), low <= high,
      allowed.contains(low), allowed.contains(high)
    else { throw outside(law) }
    return (low, UInt64(truncatingIfNeeded: high) &- UInt64(truncatingIfNeeded: low))
  }

  private func store<Element>(_ next: () -> Element) {
    let elements = bytes.bindMemory(to: Element.self)
    for index in 0..<spec.elementCount { elements[index] = next() }
  }

  private func outside(_ law: ValueLaw) -> IsocutError {
    IsocutError(
      .usage,
      "\(law.flag) is no range of values for the input \(spec.name), which is "
        + spec.elementType.rawValue)
  }
}
