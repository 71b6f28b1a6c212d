internal import IsocutGraph

/// The least transfer that any ideal of a given weight cuts: what a boundary between stages costs,
/// wherever it is put.
///
/// Weights go into buckets. Where the graph narrows to single units (separators) it falls into
/// blocks whose ideals are listed one block at a time; a block with too many is left at zero. Only
/// *short* nets count: those that cannot reach over a whole stage heavier than `shortLimit`, so that
/// the stages on both sides of a boundary pay for them.
struct CutProfile: Sendable {
  static let bucketCount = 1 << 15
  static let idealsPerBlock = 500_000
  static let idealsInAll = 6_000_000

  let bucketWeight: Double
  let shortLimit: Double
  /// Least cost of short nets crossing an ideal of each bucket; infinite where there is none.
  private(set) var least: [Double]
  /// Whether every net is short.
  let allAreShort: Bool

  /// - Parameter stageWeight: about what one stage will hold.
  /// - Returns: nil where the graph is too large or no block can be listed.
  init?(_ instance: Instance, weights: [Double], stageWeight: Double) {
    let count = instance.unitCount
    let total = weights.reduce(0, +)
    guard total > 0, !instance.netCosts.isEmpty else { return nil }
    shortLimit = 0.75 * stageWeight
    bucketWeight = total * (1 + 1e-6) / Double(Self.bucketCount)
    least = Array(repeating: .infinity, count: Self.bucketCount + 1)
    let above = Self.closureWeights(instance.predecessors, Array(0..<count), weights)
    let below = Self.closureWeights(
      instance.successors, Array((0..<count).reversed()), weights)
    let isShort = instance.netCosts.indices.map { net in
      let pins = instance.netPins.row(net)
      let before = pins.map { above[Int($0)] }.min() ?? 0
      let after = pins.map { below[Int($0)] }.min() ?? 0
      return total - before - after <= 0.75 * stageWeight
    }
    allAreShort = isShort.allSatisfy { $0 }
    let separators = Self.separators(instance)
    let lister = BlockLister(instance, weights: weights, isShort: isShort)
    var listed = 0
    var hasListed = false
    var start = 0
    var weightBefore = 0.0
    for end in separators + [count] {
      // Ideals that hold everything below `start` and a part of start ..< end.
      let weight = weights[start..<end].reduce(0, +)
      let room = min(Self.idealsPerBlock, Self.idealsInAll - listed)
      let found = lister.list(
        start..<end, weightBefore: weightBefore, bucketWeight: bucketWeight,
        margin: total * 1e-9, atMost: room)
      listed += min(lister.count, room)
      if let found {
        hasListed = true
        for (bucket, cost) in found where cost < least[bucket] { least[bucket] = cost }
      } else {
        let last = Int((weightBefore + weight + total * 1e-9) / bucketWeight)
        for bucket in Int(max(0, weightBefore - total * 1e-9) / bucketWeight)...last {
          least[bucket] = 0
        }
      }
      weightBefore += weight
      start = end
    }
    guard hasListed else { return nil }
  }

  /// The same for the graph turned round: what an ideal of weight w crosses there, the rest of the
  /// graph crosses here.
  func mirrored(total: Double) -> CutProfile {
    var copy = self
    copy.least = Array(repeating: .infinity, count: least.count)
    for index in least.indices where least[index] < .infinity {
      let (low, high) = (Double(index) * bucketWeight, Double(index + 1) * bucketWeight)
      // Ranges are not cut at the same places; each counts for all that it touches.
      for other in bucket(total * (1 - 1e-9) - high)...bucket(total * (1 + 1e-9) - low) {
        copy.least[other] = min(copy.least[other], least[index])
      }
    }
    return copy
  }

  func bucket(_ weight: Double) -> Int {
    max(0, min(Self.bucketCount, Int(weight / bucketWeight)))
  }

  /// Weight of each unit and all that it reaches through the given rows; in large graphs along the
  /// heaviest path only, which is less and therefore safe.
  private static func closureWeights(
    _ rows: AdjacencyRows, _ order: [Int], _ weights: [Double]
  ) -> [Double] {
    if order.count > 2048 {
      var heaviest = weights
      for unit in order {
        heaviest[unit] += rows.row(unit).reduce(0) { max($0, heaviest[Int($1)]) }
      }
      return heaviest
    }
    var sets = Array(repeating: OperatorSet(capacity: order.count), count: order.count)
    for unit in order {
      var set = sets[unit]
      set.insert(unit)
      for other in rows.row(unit) { set.formUnion(sets[Int(other)]) }
      sets[unit] = set
    }
    return sets.map { $0.reduce(0) { $0 + weights[$1] } }
  }

  /// Units that every earlier unit leads to and that lead to every later one.
  private static func separators(_ instance: Instance) -> [Int] {
    let count = instance.unitCount
    var leadsOn = Array(repeating: false, count: count)
    var least = Int.max
    for unit in stride(from: count - 1, through: 0, by: -1) {
      leadsOn[unit] = least >= unit
      least = min(least, instance.predecessors.row(unit).last.map(Int.init) ?? -1)
    }
    var result: [Int] = []
    var most = -1
    for unit in 0..<count {
      if most <= unit, leadsOn[unit], unit > 0 { result.append(unit) }
      most = max(most, instance.successors.row(unit).first.map(Int.init) ?? count)
    }
    return result
  }
}

/// Lists the ideals of one block after another. One thread at a time.
private final class BlockLister {
  private let instance: Instance
  private let weights: [Double]
  private let nets: AdjacencyRows
  private var missing: [Int32]
  private var inside: [Int32]
  private var total: [Int32]
  private var least: [Int: Double] = [:]
  private var end = 0
  private var limit = 0
  private var bucketWeight = 1.0
  private var margin = 0.0
  /// Crossing cost of all units below the block.
  private var crossingBefore = 0.0
  /// Ideals of the last block.
  private(set) var count = 0

  init(_ instance: Instance, weights: [Double], isShort: [Bool]) {
    self.instance = instance
    self.weights = weights
    nets = AdjacencyRows(
      (0..<instance.unitCount).map { unit in
        instance.unitNets.row(unit).map(Int.init).filter { isShort[$0] }
      })
    missing = Array(repeating: 0, count: instance.unitCount)
    inside = Array(repeating: 0, count: isShort.count)
    total = isShort.indices.map { isShort[$0] ? Int32(instance.netPins.row($0).count) : 0 }
  }

  /// Least crossing cost by bucket; nil when there are more than `atMost` ideals.
  func list(
    _ block: Range<Int>, weightBefore: Double, bucketWeight: Double, margin: Double, atMost: Int
  ) -> [Int: Double]? {
    least = [:]
    end = block.upperBound
    limit = atMost
    count = 0
    self.bucketWeight = bucketWeight
    self.margin = margin
    for unit in block {
      missing[unit] = Int32(
        instance.predecessors.row(unit).count { Int($0) >= block.lowerBound })
    }
    // Listing goes down one call a unit; a block of more has too many ideals anyway.
    if block.count <= 512 {
      visit(block.lowerBound, weightBefore, crossingBefore)
    } else {
      count = atMost + 1
    }
    for unit in block { crossingBefore = enter(unit, crossingBefore) }
    return count > atMost ? nil : least
  }

  /// Counts a unit in; returns the crossing cost with it.
  private func enter(_ unit: Int, _ crossing: Double) -> Double {
    var changed = crossing
    for netIndex in nets.row(unit) {
      let net = Int(netIndex)
      inside[net] += 1
      if inside[net] == 1 { changed += instance.netCosts[net] }
      if inside[net] == total[net] { changed -= instance.netCosts[net] }
    }
    return changed
  }

  private func visit(_ first: Int, _ weight: Double, _ crossing: Double) {
    var unit = first
    while unit < end {
      if missing[unit] == 0 {
        if count > limit { return }
        for next in instance.successors.row(unit) where Int(next) < end { missing[Int(next)] -= 1 }
        visit(unit + 1, weight + weights[unit], enter(unit, crossing))
        for next in instance.successors.row(unit) where Int(next) < end { missing[Int(next)] += 1 }
        for net in nets.row(unit) { inside[Int(net)] -= 1 }
      }
      unit += 1
    }
    count += 1
    // A weight at the rim of a bucket counts for both, as sums differ by rounding.
    let low = Int(max(0, weight - margin) / bucketWeight)
    let high = Int((weight + margin) / bucketWeight)
    for bucket in low...high where crossing < least[bucket, default: .infinity] {
      least[bucket] = crossing
    }
  }
}
