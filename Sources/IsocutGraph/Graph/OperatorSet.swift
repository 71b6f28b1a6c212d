/// A set of operators of one graph: a bit set in the order of `Graph.operators`.
public struct OperatorSet: Hashable, Sendable {
  /// How many operators the graph has; members are below it.
  public let capacity: Int
  /// 64 members a word, the lowest bit first. Bits at and above `capacity` are zero.
  public private(set) var words: [UInt64]

  public init(capacity: Int) {
    self.capacity = capacity
    self.words = Array(repeating: 0, count: (capacity + 63) / 64)
  }

  public init(_ members: some Sequence<Int>, capacity: Int) {
    self.init(capacity: capacity)
    for member in members { insert(member) }
  }

  public mutating func insert(_ member: Int) {
    words[member >> 6] |= 1 << UInt64(member & 63)
  }

  public mutating func remove(_ member: Int) {
    words[member >> 6] &= ~(1 << UInt64(member & 63))
  }

  public func contains(_ member: Int) -> Bool {
    words[member >> 6] & (1 << UInt64(member & 63)) != 0
  }

  public mutating func formUnion(_ other: OperatorSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  public mutating func subtract(_ other: OperatorSet) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }

  public func isSubset(of other: OperatorSet) -> Bool {
    for index in words.indices where words[index] & ~other.words[index] != 0 { return false }
    return true
  }

  public func isDisjoint(with other: OperatorSet) -> Bool {
    for index in words.indices where words[index] & other.words[index] != 0 { return false }
    return true
  }
}

extension OperatorSet: Sequence {
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  public var underestimatedCount: Int { count }

  /// Members in ascending order.
  public func makeIterator() -> Iterator { Iterator(words: words) }

  public struct Iterator: IteratorProtocol {
    private let words: [UInt64]
    private var index = 0
    private var rest: UInt64

    fileprivate init(words: [UInt64]) {
      self.words = words
      self.rest = words.first ?? 0
    }

    public mutating func next() -> Int? {
      while rest == 0 {
        index += 1
        guard index < words.count else { return nil }
        rest = words[index]
      }
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      return (index << 6) + bit
    }
  }
}
