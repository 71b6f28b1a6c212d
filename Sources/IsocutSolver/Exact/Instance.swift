internal import IsocutGraph

/// A problem prepared for the search: units instead of operators, device types instead of devices.
///
/// Units are the operators after contraction, in a topological order; that order is also the order
/// in which the search decides.
struct Instance: Sendable {
  /// Devices that cannot be told apart.
  struct DeviceType: Sendable {
    var kind: DeviceKind
    var overhead: Double
    /// What the device's link makes of a net's cost; 0 = it pays no transfer.
    var transferFactor: Double
    var memoryLimit: Int
    var offChip: OffChip
    /// Time of each unit.
    var times: [Double]
    /// Units that a binding keeps off this type.
    var isExcluded: [Bool]
    /// Positions in `Problem.devices`, ascending.
    var members: [Int]
    /// Position in `measuredTables`.
    var table: Int

    var paysTransfer: Bool { transferFactor > 0 }
  }

  var unitCount: Int
  /// Operators of each unit.
  var members: [[Int]]
  var operatorCount: Int
  var successors: AdjacencyRows
  var predecessors: AdjacencyRows
  var types: [DeviceType]
  /// The type of each device in pipeline order; nil when devices may stand anywhere.
  var sequence: [Int]?
  var netPins: AdjacencyRows
  var netCosts: [Double]
  /// The nets of each unit.
  var unitNets: AdjacencyRows
  /// Bytes of each unit that no other unit needs.
  var unitBytes: [Int]
  /// Constants with readers in several units.
  var constantReaders: AdjacencyRows
  var constantBytes: [Int]
  var unitConstants: AdjacencyRows
  var measuredTables: [MeasuredTable]
  var maximumCopies: Int
  var usesAllDevices: Bool
  /// Whether edges and the order of devices are turned round; `stages(of:_:)` turns cuts back.
  let isReversed: Bool

  var deviceCount: Int { types.reduce(0) { $0 + $1.members.count } }
  var hasNets: Bool { !netCosts.isEmpty && types.contains { $0.paysTransfer } }

  /// Units follow the contraction's order, or `order`, a topological order of its units. With
  /// `asChain` every unit must also follow the one before: only cuts of that one order are left.
  /// Where the instance is reversed, so is the order.
  init(
    _ problem: Problem, contraction: Contraction, order: [Int]? = nil, asChain: Bool = false,
    isReversed: Bool = false
  ) {
    self.isReversed = isReversed
    let count = contraction.units.count
    let given = order ?? Array(0..<count)
    let order = isReversed ? given.reversed() : given
    var rank = Array(repeating: 0, count: count)
    for (position, unit) in order.enumerated() { rank[unit] = position }
    let unitOf = contraction.unitOf.map { rank[$0] }
    unitCount = count
    members = order.map { contraction.units[$0] }
    operatorCount = problem.operatorCount

    var next: [Set<Int>] = Array(repeating: [], count: count)
    if asChain {
      for unit in 0..<count where unit + 1 < count { next[unit].insert(unit + 1) }
    } else {
      for (index, targets) in problem.successors.enumerated() {
        for target in targets where unitOf[target] != unitOf[index] {
          let (first, second) = isReversed ? (target, index) : (index, target)
          next[unitOf[first]].insert(unitOf[second])
        }
      }
    }
    successors = AdjacencyRows(next.map { $0.sorted() })
    predecessors = successors.transposed(count: count)

    (types, sequence) = Self.deviceTypes(of: problem, members: members)
    if isReversed { sequence?.reverse() }
    measuredTables = []
    for index in types.indices {
      let kind = types[index].kind
      if let known = types[..<index].first(where: { $0.kind == kind }) {
        types[index].table = known.table
      } else {
        types[index].table = measuredTables.count
        measuredTables.append(
          MeasuredTable(
            problem.measured.filter { $0.kind == kind }, members: members,
            assumesMonotone: problem.assumesMonotone))
      }
    }

    var costOfPins: [[Int]: Double] = [:]
    for net in problem.nets where net.cost > 0 {
      let pins = Set(net.consumers.map { unitOf[$0] } + [unitOf[net.producer]])
      if pins.count > 1 { costOfPins[pins.sorted(), default: 0] += net.cost }
    }
    let pins = costOfPins.keys.sorted { $0.lexicographicallyPrecedes($1) }
    netPins = AdjacencyRows(pins)
    netCosts = pins.map { costOfPins[$0] ?? 0 }
    // Where all links are alike, costs are what they make of them.
    if let factor = types.first(where: \.paysTransfer)?.transferFactor,
      types.allSatisfy({ !$0.paysTransfer || $0.transferFactor == factor })
    {
      for net in netCosts.indices { netCosts[net] *= factor }
      for type in types.indices where types[type].paysTransfer { types[type].transferFactor = 1 }
    }
    unitNets = netPins.transposed(count: count)

    unitBytes = Array(repeating: 0, count: count)
    for (index, bytes) in problem.memory.operatorBytes.enumerated() {
      unitBytes[unitOf[index]] += bytes
    }
    var shared: [[Int]] = []
    constantBytes = []
    for constant in problem.memory.constants where constant.bytes > 0 {
      let readers = Set(constant.readers.map { unitOf[$0] })
      if readers.count == 1, let only = readers.first {
        unitBytes[only] += constant.bytes
      } else if readers.count > 1 {
        shared.append(readers.sorted())
        constantBytes.append(constant.bytes)
      }
    }
    constantReaders = AdjacencyRows(shared)
    unitConstants = constantReaders.transposed(count: count)
    maximumCopies = problem.maximumCopies
    usesAllDevices = problem.usesAllDevices
  }

  private static func deviceTypes(
    of problem: Problem, members: [[Int]]
  ) -> (types: [DeviceType], sequence: [Int]?) {
    let bound = Set(problem.bindings.values)
    var types: [DeviceType] = []
    var typeOf: [Int] = []
    var keys: [(device: StageDevice, bound: Int?)] = []
    for (index, device) in problem.devices.enumerated() {
      let key = bound.contains(index) ? index : nil
      if let known = keys.firstIndex(where: { $0.device == device && $0.bound == key }) {
        types[known].members.append(index)
        typeOf.append(known)
        continue
      }
      let times = problem.times[device.kind] ?? []
      let unitTimes = members.map { unit in
        unit.reduce(0.0) { $0 + times[$1] }
      }
      let isExcluded = members.map { unit in
        unit.contains { member in problem.bindings[member].map { $0 != index } ?? false }
      }
      typeOf.append(types.count)
      keys.append((device, key))
      types.append(
        DeviceType(
          kind: device.kind, overhead: device.overhead, transferFactor: device.transferFactor,
          memoryLimit: device.memoryLimit ?? .max,
          offChip: problem.offChip[device.kind] ?? OffChip(capacityBytes: .max, timePerByte: 0),
          times: unitTimes, isExcluded: isExcluded,
          members: [index], table: 0))
    }
    let isOrdered = problem.deviceOrder == .asListed && types.count > 1
    return (types, isOrdered ? typeOf : nil)
  }
}
