/// A floating-point type that inputs can have.
protocol InputFloat {
  /// The nearest value of the type.
  init(rounding value: Double)
  var asDouble: Double { get }
  /// The next smaller value.
  var below: Self { get }
}

extension InputFloat {
  /// The nearest value of the type, or nil where that is not finite.
  init?(inRange value: Double) {
    self.init(rounding: value)
    guard asDouble.isFinite else { return nil }
  }
}

extension InputFloat where Self: BinaryFloatingPoint {
  init(rounding value: Double) { self.init(value) }
  var asDouble: Double { Double(self) }
  var below: Self { nextDown }
}

extension Float: InputFloat {}
extension Double: InputFloat {}
extension Float16: InputFloat {}

/// The upper half of a `Float`.
struct BFloat16: InputFloat {
  var bits: UInt16

  /// Rounds to nearest, ties to even.
  init(rounding value: Double) {
    let bits = Float(value).bitPattern
    self.bits = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  var asDouble: Double { Double(Float(bitPattern: UInt32(bits) << 16)) }

  var below: BFloat16 {
    var result = self
    if bits == 0 || bits == 0x8000 {
      result.bits = 0x8001
    } else {
      result.bits = bits & 0x8000 == 0 ? bits - 1 : bits + 1
    }
    return result
  }
}
