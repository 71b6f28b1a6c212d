/// The graph's operators merged into units that a cut may not divide.
///
/// Groups that must stay together are merged; where merging closes a cycle among units, the whole
/// cycle becomes one unit. Units stand in a topological order, ties by their smallest operator, so
/// without groups unit i is operator i of a graph in topological order.
public struct Contraction: Sendable, Equatable {
  /// The operators of each unit, ascending.
  public let units: [[Int]]
  /// The unit of each operator.
  public let unitOf: [Int]

  /// Contracts a graph given by the direct successors of each of its nodes.
  ///
  /// - Parameters:
  ///   - successors: for each node the nodes that need it, in any order; repeats are allowed.
  ///   - groups: sets of nodes that must stay together; groups that overlap are joined.
  /// - Complexity: O((n + edges) log n).
  public init(successors: [[Int]], groups: [[Int]]) {
    let merged = Self.union(groups, count: successors.count)
    let components = Self.stronglyConnectedComponents(
      successors: successors, representative: merged)
    (units, unitOf) = Self.topologicalOrder(of: components, successors: successors)
  }

  /// The representative of each node after joining overlapping groups.
  private static func union(_ groups: [[Int]], count: Int) -> [Int] {
    var parent = Array(0..<count)
    func root(_ node: Int) -> Int {
      var node = node
      while parent[node] != node {
        parent[node] = parent[parent[node]]
        node = parent[node]
      }
      return node
    }
    for group in groups {
      guard let first = group.first else { continue }
      for other in group.dropFirst() {
        let (a, b) = (root(first), root(other))
        parent[max(a, b)] = min(a, b)
      }
    }
    return (0..<count).map(root)
  }

  /// Tarjan's algorithm on the groups, iterative so that long chains do not exhaust the stack.
  private static func stronglyConnectedComponents(
    successors: [[Int]], representative: [Int]
  ) -> [Int] {
    let count = successors.count
    var next: [[Int]] = Array(repeating: [], count: count)
    for node in 0..<count {
      for successor in successors[node] where representative[successor] != representative[node] {
        next[representative[node]].append(representative[successor])
      }
    }
    var order = Array(repeating: -1, count: count)
    var low = Array(repeating: 0, count: count)
    var component = Array(repeating: -1, count: count)
    var open: [Int] = []
    var counter = 0
    var componentCount = 0
    for start in 0..<count where representative[start] == start && order[start] < 0 {
      var calls: [(node: Int, edge: Int)] = [(start, 0)]
      order[start] = counter
      low[start] = counter
      counter += 1
      open.append(start)
      while let (node, edge) = calls.last {
        if edge < next[node].count {
          calls[calls.count - 1].edge += 1
          let successor = next[node][edge]
          if order[successor] < 0 {
            order[successor] = counter
            low[successor] = counter
            counter += 1
            open.append(successor)
            calls.append((successor, 0))
          } else if component[successor] < 0 {
            low[node] = min(low[node], order[successor])
          }
          continue
        }
        calls.removeLast()
        if let caller = calls.last?.node { low[caller] = min(low[caller], low[node]) }
        guard low[node] == order[node] else { continue }
        while let member = open.popLast() {
          component[member] = componentCount
          if member == node { break }
        }
        componentCount += 1
      }
    }
    return (0..<count).map { component[representative[$0]] }
  }

  private static func topologicalOrder(
    of component: [Int], successors: [[Int]]
  ) -> (units: [[Int]], unitOf: [Int]) {
    let count = (component.max() ?? -1) + 1
    var members: [[Int]] = Array(repeating: [], count: count)
    for (node, index) in component.enumerated() { members[index].append(node) }
    var waiting = Array(repeating: 0, count: count)
    for (node, targets) in successors.enumerated() {
      for target in targets where component[target] != component[node] {
        waiting[component[target]] += 1
      }
    }
    // A binary heap of ready components, smallest operator first.
    var ready = ReadyHeap()
    for index in 0..<count where waiting[index] == 0 { ready.push(members[index][0], index) }
    var units: [[Int]] = []
    units.reserveCapacity(count)
    var unitOf = Array(repeating: 0, count: component.count)
    while let index = ready.pop() {
      for node in members[index] {
        unitOf[node] = units.count
        for target in successors[node] where component[target] != index {
          waiting[component[target]] -= 1
          if waiting[component[target]] == 0 {
            ready.push(members[component[target]][0], component[target])
          }
        }
      }
      units.append(members[index])
    }
    return (units, unitOf)
  }
}

/// A min-heap of components by their smallest operator.
private struct ReadyHeap {
  private var items: [(key: Int, value: Int)] = []

  mutating func push(_ key: Int, _ value: Int) {
    items.append((key, value))
    var child = items.count - 1
    while child > 0, items[(child - 1) / 2].key > items[child].key {
      items.swapAt((child - 1) / 2, child)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Int? {
    guard let top = items.first else { return nil }
    let last = items.removeLast()
    if !items.isEmpty {
      items[0] = last
      var parent = 0
      while true {
        var smallest = parent
        for child in [2 * parent + 1, 2 * parent + 2]
        where child < items.count && items[child].key < items[smallest].key {
          smallest = child
        }
        guard smallest != parent else { break }
        items.swapAt(smallest, parent)
        parent = smallest
      }
    }
    return top.value
  }
}

extension Graph {
  /// For each operator the operators that read its outputs, ascending, each once.
  public var successors: [[Int]] {
    operators.map { element in
      var readers: Set<Int> = []
      for output in element.outputs { readers.formUnion(tensors[output].consumers) }
      return readers.sorted()
    }
  }

  /// The units that a cut of this graph may not divide: *operators that can be cut*.
  public var contraction: Contraction {
    Contraction(successors: successors, groups: ties.map(\.operators))
  }
}
