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
    var dearest: [(time: Double, unit: Int)] = []
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
      dearest.append((least, unit))
    }
    guard instance.hasNets, value.isFinite, instance.unitCount <= Self.mostUnitsWithTransfer
    else { return }
    // It also pays for what it cannot take in without getting dearer.
    dearest = dearest.filter { $0.time > value / 2 }
    dearest.sort { ($1.time, $0.unit) < ($0.time, $1.unit) }
    var surcharges = instance.types.indices.map { type in
      UnitBound(
        instance, times: enumerator.floors[type], factor: instance.types[type].transferFactor)
    }
    for (_, unit) in dearest.prefix(Self.unitsWithTransfer) {
      var least = Double.infinity
      for type in instance.types.indices {
        let device = instance.types[type]
        let time = enumerator.floorOverhead[type] + enumerator.floors[type][unit]
        guard instance.unitBytes[unit] <= device.memoryLimit, time.isFinite else { continue }
        let copies = Double(min(instance.maximumCopies, device.members.count))
        guard time / copies < least else { continue }
        least = min(
          least,
          (time + surcharges[type].surcharge(of: unit, most: least * copies - time)) / copies)
      }
      raise(to: least, .largestOperator)
    }
  }

  /// Operators, the dearest, for which transfer is counted too, and the graphs that is done for.
  private static let unitsWithTransfer = 8
  private static let mostUnitsWithTransfer = 4096

  private mutating func raise(to bound: Double, _ reason: Solution.Proof) {
    guard bound > value else { return }
    value = bound
    proof = reason
  }
}
