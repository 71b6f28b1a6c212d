/// Weights of units that turn "how much can the remaining devices take" into sums.
///
/// A system has a price per type, λ, and gives each unit the weight w = min over types of λ x time.
/// A stage of type t with load L then has weight at most λ(t) x L, so the units left over must not
/// weigh more than the sum of λ x limit over the devices left. Every choice of λ is valid; up to
/// four are used side by side: one for each of the first types, and one that prices types by their
/// overall speed.
struct WorkWeights: Sendable {
  /// Weights of each unit, one lane a system.
  var units: [SIMD4<Double>]
  /// λ of each type, one lane a system.
  var prices: [SIMD4<Double>]
  var total: SIMD4<Double>
  /// Lane of the system that is exact for each type; nil for types beyond the first three.
  var laneOfType: [Int?]

  /// - Parameter floors: per type and unit a time that a stage cannot undercut, even where it was
  ///   measured.
  init(floors: [[Double]]) {
    let typeCount = floors.count
    let unitCount = floors[0].count
    var systems: [[Double]] = []
    laneOfType = Array(repeating: nil, count: typeCount)
    for type in 0..<min(typeCount, 3) {
      var prices = Array(repeating: 0.0, count: typeCount)
      for other in 0..<typeCount {
        if other == type {
          prices[other] = 1
          continue
        }
        for unit in 0..<unitCount where floors[type][unit].isFinite {
          let (own, their) = (floors[type][unit], floors[other][unit])
          guard own > 0, their.isFinite else { continue }
          prices[other] = max(prices[other], their > 0 ? own / their : .infinity)
        }
        if prices[other] == 0 { prices[other] = 1e-6 }
      }
      laneOfType[type] = systems.count
      systems.append(prices)
    }
    if typeCount > 1 {
      systems.append(
        (0..<typeCount).map { other in
          var own = 0.0
          var their = 0.0
          for unit in 0..<unitCount where floors[0][unit].isFinite && floors[other][unit].isFinite {
            own += floors[0][unit]
            their += floors[other][unit]
          }
          return their > 0 && own > 0 ? own / their : 1
        })
    }
    units = Array(repeating: .zero, count: unitCount)
    prices = Array(repeating: .zero, count: typeCount)
    for (lane, system) in systems.enumerated() {
      for type in 0..<typeCount { prices[type][lane] = system[type] }
      for unit in 0..<unitCount {
        var weight = Double.infinity
        for type in 0..<typeCount where floors[type][unit].isFinite {
          let priced = floors[type][unit] == 0 ? 0 : system[type] * floors[type][unit]
          weight = min(weight, priced)
        }
        units[unit][lane] = weight.isFinite ? weight : 0
      }
    }
    total = units.reduce(.zero, +)
  }

  /// What stages of total load `load` on a type can weigh.
  @inline(__always)
  func reach(_ load: Double, type: Int) -> SIMD4<Double> {
    let price = prices[type]
    let plain = price * load
    return plain.replacing(with: .infinity, where: price .== SIMD4(repeating: .infinity))
  }
}
