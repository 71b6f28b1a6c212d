/// A small generator of uniform bits whose whole state is one number, so that a stream is named by
/// its seed. Sebastiano Vigna's public-domain SplitMix64.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A bijection that spreads every bit of its argument over the result.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  package mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Uniform in 0...`span`, both included.
  mutating func nextOffset(upTo span: UInt64) -> UInt64 {
    span == .max ? next() : next().multipliedFullWidth(by: span + 1).high
  }
}

extension SplitMix64 {
  /// The stream of one input of one item: equal for equal arguments on every machine.
  init(seed: UInt64, name: String, item: Int) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, 64 bits
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    let position = Self.mix(UInt64(bitPattern: Int64(item)) &+ 0x9E37_79B9_7F4A_7C15)
    self.init(seed: Self.mix(seed) ^ hash ^ position)
  }
}
