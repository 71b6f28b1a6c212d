package import IsocutGraph

/// Topological orders of a contraction's units, for first cuts.
package struct Orders {
  let successors: [[Int]]
  let indegrees: [Int]

  package init(_ problem: Problem, _ contraction: Contraction) {
    var next: [Set<Int>] = Array(repeating: [], count: contraction.units.count)
    for (index, targets) in problem.successors.enumerated() {
      let unit = contraction.unitOf[index]
      for target in targets where contraction.unitOf[target] != unit {
        next[unit].insert(contraction.unitOf[target])
      }
    }
    self.init(next.map { $0.sorted() })
  }

  private init(_ successors: [[Int]]) {
    self.successors = successors
    var degrees = Array(repeating: 0, count: successors.count)
    for targets in successors { for target in targets { degrees[target] += 1 } }
    indegrees = degrees
  }

  /// Whether only one topological order exists.
  var isChain: Bool {
    successors.indices.dropLast().allSatisfy { unit in successors[unit].contains(unit + 1) }
  }

  /// Orders to try for a first cut; none where the graph has only one.
  package func assorted(_ limits: SolverLimits) -> [[Int]] {
    guard !isChain else { return [] }
    var state = limits.seed
    var orders = [Array(successors.indices), depthFirst, breadthFirst]
    for index in 0..<limits.randomOrders {
      orders.append(index % 2 == 0 ? randomDepthFirst(&state) : random(&state))
    }
    return orders
  }

  /// The order that always takes the unit made ready last: branch after branch.
  var depthFirst: [Int] { order { ready in ready.count - 1 } }

  /// The order that is depth first when it is read from its end, against the edges.
  var depthFirstFromEnd: [Int] {
    var sources: [[Int]] = Array(repeating: [], count: successors.count)
    for (unit, targets) in successors.enumerated().reversed() {
      for target in targets { sources[target].append(unit) }
    }
    return Orders(sources).depthFirst.reversed()
  }

  /// The order that always takes the unit that has been ready longest: all branches abreast.
  var breadthFirst: [Int] { order { _ in 0 } }

  /// A random ready unit each time.
  func random(_ state: inout UInt64) -> [Int] {
    order { ready in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(ready.count))
    }
  }

  /// Depth first, but with random choices among what became ready together.
  func randomDepthFirst(_ state: inout UInt64) -> [Int] {
    order { ready in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return ready.count - 1 - Int((state >> 33) % UInt64(min(2, ready.count)))
    }
  }

  private func order(_ pick: ([Int]) -> Int) -> [Int] {
    var waiting = indegrees
    var ready = successors.indices.filter { waiting[$0] == 0 }
    var result: [Int] = []
    while !ready.isEmpty {
      let unit = ready.remove(at: pick(ready))
      result.append(unit)
      for target in successors[unit] {
        waiting[target] -= 1
        if waiting[target] == 0 { ready.append(target) }
      }
    }
    return result
  }
}
