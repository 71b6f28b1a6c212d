/// The states of a search: for each ideal (what the stages so far hold) the device counts it was
/// reached with, none of them worse than another.
struct StateStore {
  let wordCount: Int
  /// How many numbers say which devices are used.
  let usedCount: Int
  /// Whether a state with fewer devices used beats one with more; else only equals are compared.
  let fewerIsBetter: Bool

  // Ideals.
  private(set) var words: [UInt64] = []
  private var hashes: [UInt64] = []
  private var firstState: [Int32] = []
  private(set) var crossing: [Double] = []
  private(set) var done: [SIMD4<Double>] = []
  private var slots: [Int32]

  // States.
  private(set) var idealOf: [Int32] = []
  private var nextState: [Int32] = []
  private(set) var parent: [Int32] = []
  private(set) var used: [UInt16] = []
  private(set) var typeOf: [UInt16] = []
  private(set) var copiesOf: [UInt16] = []
  private(set) var latency: [Double] = []
  private(set) var isAlive: [Bool] = []

  init(wordCount: Int, usedCount: Int, fewerIsBetter: Bool) {
    self.wordCount = wordCount
    self.usedCount = usedCount
    self.fewerIsBetter = fewerIsBetter
    slots = Array(repeating: -1, count: 64)
  }

  /// Bytes held, a growing table's spare room included.
  var byteCount: Int {
    words.capacity * 8 + hashes.capacity * 8 + firstState.capacity * 4 + crossing.capacity * 8
      + done.capacity * 32 + slots.capacity * 4 + idealOf.capacity * 4 + nextState.capacity * 4
      + parent.capacity * 4 + used.capacity * 2 + typeOf.capacity * 2 + copiesOf.capacity * 2
      + latency.capacity * 8 + isAlive.capacity
  }

  struct Entry {
    var parent: Int32
    var type: Int
    var copies: Int
    var latency: Double
    var crossing: Double
    var done: SIMD4<Double>
  }

  /// Adds a state unless one that is at least as good is there; states it beats are struck out.
  ///
  /// Returns the new state's number, or nil.
  mutating func insert(
    _ ideal: UnsafePointer<UInt64>, hash: UInt64, used newUsed: [UInt16], _ entry: Entry
  ) -> Int? {
    let number = find(ideal, hash: hash) ?? addIdeal(ideal, hash: hash, entry)
    var state = Int(firstState[number])
    while state >= 0 {
      if isAlive[state] {
        if beats(state, newUsed, entry.latency) { return nil }
        if isBeaten(state, by: newUsed, entry.latency) { isAlive[state] = false }
      }
      state = Int(nextState[state])
    }
    let added = idealOf.count
    idealOf.append(Int32(number))
    nextState.append(firstState[number])
    firstState[number] = Int32(added)
    parent.append(entry.parent)
    used.append(contentsOf: newUsed)
    typeOf.append(UInt16(entry.type))
    copiesOf.append(UInt16(entry.copies))
    latency.append(entry.latency)
    isAlive.append(true)
    return added
  }

  func usedDevices(of state: Int) -> [UInt16] {
    Array(used[state * usedCount..<(state + 1) * usedCount])
  }

  func copyIdeal(of state: Int, to target: UnsafeMutablePointer<UInt64>) {
    let start = Int(idealOf[state]) * wordCount
    for index in 0..<wordCount { target[index] = words[start + index] }
  }

  private func beats(_ state: Int, _ other: [UInt16], _ otherLatency: Double) -> Bool {
    guard latency[state] <= otherLatency else { return false }
    for index in 0..<usedCount {
      let mine = used[state * usedCount + index]
      if fewerIsBetter ? mine > other[index] : mine != other[index] { return false }
    }
    return true
  }

  private func isBeaten(_ state: Int, by other: [UInt16], _ otherLatency: Double) -> Bool {
    guard otherLatency <= latency[state] else { return false }
    for index in 0..<usedCount {
      let mine = used[state * usedCount + index]
      if fewerIsBetter ? mine < other[index] : mine != other[index] { return false }
    }
    return true
  }

  private func find(_ ideal: UnsafePointer<UInt64>, hash: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      if hashes[number] == hash {
        let start = number * wordCount
        var isEqual = true
        for index in 0..<wordCount where words[start + index] != ideal[index] {
          isEqual = false
          break
        }
        if isEqual { return number }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func addIdeal(
    _ ideal: UnsafePointer<UInt64>, hash: UInt64, _ entry: Entry
  ) -> Int {
    let number = hashes.count
    words.append(contentsOf: UnsafeBufferPointer(start: ideal, count: wordCount))
    hashes.append(hash)
    firstState.append(-1)
    crossing.append(entry.crossing)
    done.append(entry.done)
    if (number + 1) * 2 > slots.count {
      slots = Array(repeating: -1, count: slots.count * 2)
      for index in 0..<hashes.count { place(index) }
    } else {
      place(number)
    }
    return number
  }

  private mutating func place(_ number: Int) {
    var slot = Int(truncatingIfNeeded: hashes[number]) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(number)
  }
}
