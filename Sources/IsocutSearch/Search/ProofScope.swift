import IsocutGraph

/// The cuts over which something is proven: all cuts of a graph, or those along one order of its
/// units.
struct ProofScope: Sendable {
  let refutation: Refutation
  /// The operators of each unit, units in an order in which nothing goes backward.
  let units: [[Int]]
  private let operatorCount: Int

  /// All cuts.
  init(_ graph: Graph, kinds: [DeviceKind]) {
    let contraction = graph.contraction
    units = contraction.units
    operatorCount = graph.operators.count
    refutation = Refutation(
      order: UnitOrder(contraction, successors: graph.successors), kinds: kinds)
  }

  /// The cuts that follow one order that a given cut follows too.
  init(along cut: Cut, of whole: ProofScope) {
    units = whole.units.indices.sorted {
      (cut.stageOf[whole.units[$0][0]], $0) < (cut.stageOf[whole.units[$1][0]], $1)
    }.map { whole.units[$0] }
    operatorCount = whole.operatorCount
    let last = units.count - 1
    refutation = Refutation(
      order: UnitOrder(successors: units.indices.map { $0 < last ? [$0 + 1] : [] }),
      kinds: whole.refutation.kinds)
  }

  /// A random order that a cut follows, branch after branch here and abreast there.
  static func randomOrder(
    along cut: Cut, of whole: ProofScope, using random: inout some RandomNumberGenerator
  ) -> [[Int]] {
    let successors = whole.refutation.order.successors
    var waiting = Array(repeating: 0, count: successors.count)
    for next in successors { for unit in next { waiting[unit] += 1 } }
    var ready = Array(repeating: [Int](), count: cut.stageCount)
    func stage(of unit: Int) -> Int { cut.stageOf[whole.units[unit][0]] }
    for unit in waiting.indices where waiting[unit] == 0 { ready[stage(of: unit)].append(unit) }
    var result: [[Int]] = []
    for current in ready.indices {
      while !ready[current].isEmpty {
        // The unit made ready last goes on with its branch.
        let last = ready[current].count - 1
        let place =
          Int.random(in: 0..<4, using: &random) == 0
          ? Int.random(in: 0...last, using: &random) : last
        let unit = ready[current].remove(at: place)
        result.append(whole.units[unit])
        for next in successors[unit] {
          waiting[next] -= 1
          if waiting[next] == 0 { ready[stage(of: next)].append(next) }
        }
      }
    }
    return result
  }

  var isChain: Bool { refutation.order.isChain }

  func operators(of set: OperatorSet) -> OperatorSet {
    OperatorSet(set.lazy.flatMap { units[$0] }, capacity: operatorCount)
  }

  /// The units that hold a part of a set.
  func units(of operators: OperatorSet) -> OperatorSet {
    OperatorSet(
      units.indices.filter { units[$0].contains(where: operators.contains) },
      capacity: units.count)
  }

  /// The measured stages that prove a time, as links.
  func links(_ known: KnownStages, above time: Double) -> [Refutation.Link] {
    known.entries.filter { $0.time.low >= time }.map {
      Refutation.Link(units: units(of: $0.operators), kind: $0.kind)
    }
  }

  /// The greatest time that the measured stages prove every cut to take.
  func bound(_ known: KnownStages) -> Double {
    let times = Set(known.entries.map { min($0.time.low, .greatestFiniteMagnitude) }).sorted()
    var low = 0
    var high = times.count
    // times[..<low] is proven.
    while low < high {
      let middle = (low + high) / 2
      if refutation.cut(avoiding: links(known, above: times[middle])) == .refuted {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low == 0 ? 0 : times[low - 1]
  }
}
