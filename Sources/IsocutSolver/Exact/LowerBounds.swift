/// Bounds known before any search.
struct LowerBounds {
  private(set) var value = 0.0
  private(set) var proof = Solution.Proof.totalWork

  init(_ search: DecisionSearch) {
    let instance = search.instance
    let enumerator = search.enumerator
    // All work, shared evenly: for each system of prices, total / sum of prices.
    let weights = enumerator.weights
    for lane in 0..<4 {
      var price = 0.0
      for (type, device) in instance.types.enumerated() {
        price += weights.prices[type][lane] * Double(device.members.count)
      }
      guard price > 0, price.isFinite else { continue }
      raise(to: weights.total[lane] / price, .totalWork)
    }
    // Some stage holds each operator.
    for unit in 0..<instance.unitCount {
      var least = Double.infinity
      for type in instance.types.indices {
        let device = instance.types[type]
        guard instance.unitBytes[unit] <= device.memoryLimit else { continue }
        let time = enumerator.floorOverhead[type] + enumerator.floors[type][unit]
        let copies = min(instance.maximumCopies, device.members.count)
        least = min(least, time / Double(copies))
      }
      raise(to: least, .largestOperator)
    }
  }

  private mutating func raise(to bound: Double, _ reason: Solution.Proof) {
    guard bound > value else { return }
    value = bound
    proof = reason
  }
}
