internal import IsocutGraph

/// The least that any stage holding a given unit costs: a minimum cut.
///
/// Of all sets that hold the unit, whatever else they hold, one has the smallest sum of times and
/// cut nets. With an arc from every unit to a sink (its time) and each net as two nodes with an arc
/// between them (its cost), that sum is the time of the unit and a minimum cut between unit and
/// sink. Every flow is at most that, so the search for paths may end early.
struct UnitBound {
  private struct Arc {
    var target: Int
    var capacity: Double
  }

  private var arcs: [Arc] = []
  /// Arcs out of each node; arc i ^ 1 is the way back of arc i.
  private var leaving: [[Int]]
  private let capacities: [Double]
  private let sink: Int

  /// - Parameters:
  ///   - times: of each unit, infinite where it cannot run.
  ///   - factor: what the device's link makes of a net's cost.
  init(_ instance: Instance, times: [Double], factor: Double) {
    let units = instance.unitCount
    sink = units + 2 * instance.netCosts.count
    leaving = Array(repeating: [], count: sink + 1)
    var arcs: [Arc] = []
    var leaving = self.leaving
    func connect(_ source: Int, _ target: Int, _ capacity: Double) {
      leaving[source].append(arcs.count)
      arcs.append(Arc(target: target, capacity: capacity))
      leaving[target].append(arcs.count)
      arcs.append(Arc(target: source, capacity: 0))
    }
    for unit in 0..<units where times[unit] > 0 { connect(unit, sink, times[unit]) }
    for net in instance.netCosts.indices {
      let (entry, exit) = (units + 2 * net, units + 2 * net + 1)
      connect(entry, exit, factor * instance.netCosts[net])
      for pin in instance.netPins.row(net) {
        connect(Int(pin), entry, .infinity)
        connect(exit, Int(pin), .infinity)
      }
    }
    self.arcs = arcs
    self.leaving = leaving
    capacities = arcs.map(\.capacity)
  }

  /// What the stage of the unit pays besides the unit's own time, at least.
  ///
  /// - Parameter most: nothing above this is of interest.
  mutating func surcharge(of unit: Int, most: Double, paths: Int = 500) -> Double {
    for index in arcs.indices { arcs[index].capacity = capacities[index] }
    var flow = 0.0
    for _ in 0..<paths where flow < most {
      guard let pushed = push(from: unit) else { break }
      flow += pushed
    }
    return flow * (1 - 1e-12)
  }

  /// Sends what fits along a shortest path to the sink; nil where there is none.
  private mutating func push(from unit: Int) -> Double? {
    var arcTo = Array(repeating: -1, count: leaving.count)
    var queue = [unit]
    var head = 0
    while head < queue.count, arcTo[sink] < 0 {
      let node = queue[head]
      head += 1
      for arc in leaving[node] where arcs[arc].capacity > 0 {
        let target = arcs[arc].target
        // The unit's own arc to the sink is no way out: it is in the stage.
        guard arcTo[target] < 0, target != unit, !(node == unit && target == sink) else { continue }
        arcTo[target] = arc
        queue.append(target)
      }
    }
    guard arcTo[sink] >= 0 else { return nil }
    var room = Double.infinity
    var node = sink
    while node != unit {
      room = min(room, arcs[arcTo[node]].capacity)
      node = arcs[arcTo[node] ^ 1].target
    }
    guard room.isFinite, room > 0 else { return nil }
    node = sink
    while node != unit {
      let arc = arcTo[node]
      arcs[arc].capacity -= room
      arcs[arc ^ 1].capacity += room
      node = arcs[arc ^ 1].target
    }
    return room
  }
}
