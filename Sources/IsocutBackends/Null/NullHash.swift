/// The mixing functions of the null backend: the same on every machine and in every process.
enum NullHash {
  /// FNV-1a over bytes, from a start value.
  static func bytes(_ bytes: UnsafeRawBufferPointer, from start: UInt64 = 0xcbf2_9ce4_8422_2325)
    -> UInt64
  {
    var hash = start
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return mix(hash)
  }

  static func text(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
  }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
  /// generators, 2014): every bit of the input changes half of the output's bits.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Depends on the order of its arguments.
  static func combine(_ first: UInt64, _ second: UInt64) -> UInt64 {
    mix(first &* 0x9e37_79b9_7f4a_7c15 ^ mix(second))
  }
}
