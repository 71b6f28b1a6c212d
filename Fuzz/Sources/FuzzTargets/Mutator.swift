/// Changes bytes at random, the same way for the same seed.
public struct Mutator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  /// Numbers at which offsets, counts and indices go wrong.
  private static let edges: [UInt32] = [
    0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
  ]

  /// One to eight changes of a sound file.
  ///
  /// - Parameter structure: where the format's own tables lie: most changes go there, because in
  ///   weights they change nothing.
  public mutating func mutate(_ source: [UInt8], structure: Range<Int>) -> [UInt8] {
    var bytes = source
    for _ in 0...below(8) where !bytes.isEmpty {
      let inTables = below(8) != 0
      let range = (inTables ? structure : 0..<bytes.count).clamped(to: 0..<bytes.count)
      let place = range.lowerBound + below(range.count)
      guard place < bytes.count else { continue }
      switch below(6) {
      case 0: bytes[place] ^= 1 << UInt8(below(8))
      case 1: bytes[place] = UInt8(truncatingIfNeeded: next())
      case 2, 3:
        // A 32-bit number becomes an edge case, or a small step away from what it was.
        let start = place & ~3
        guard start + 4 <= bytes.count else { continue }
        var number = Self.edges[below(Self.edges.count)]
        if below(2) == 0 {
          number = (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
          number &+= UInt32(below(9)) &- 4
        }
        for index in 0..<4 {
          bytes[start + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
        }
      case 4:
        let count = min(1 + below(16), bytes.count - place)
        let from = below(bytes.count - count + 1)
        bytes.replaceSubrange(
          place..<place + count,
          with: source[min(from, max(0, source.count - count))...].prefix(count))
      default:
        if below(16) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }
}
