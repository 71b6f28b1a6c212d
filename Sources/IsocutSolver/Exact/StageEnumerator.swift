internal import IsocutGraph

/// Lists the stages that may follow a given ideal on one type of device.
///
/// Units are decided in topological order: a unit whose predecessors are all in is *taken* into the
/// stage or *closed* together with all its descendants. Each stage comes up once. Counters of nets,
/// constants and measured stages are kept by each decision and taken back by its undoing, sums are
/// saved and restored, so no rounding creeps in.
///
/// Not thread-safe: one thread at a time.
final class StageEnumerator {
  enum Status {
    static let outside: UInt8 = 0
    static let open: UInt8 = 1
    static let taken: UInt8 = 2
    static let before: UInt8 = 3
  }

  struct Frame {
    var local: Int32
    var isTaken: Bool
    var trailCount: Int32
    var sums: StageSums
  }

  let instance: Instance
  let weights: WorkWeights
  /// Per type: a time of each unit that no stage can undercut, and an overhead.
  let floors: [[Double]]
  let floorOverhead: [Double]
  /// For each unit the transfer that its leaving any later stage that pays transfer makes up for.
  let leastPayingTime: [Double]
  /// Bytes of each unit, with all the constants it reads; and the largest of them.
  let fullBytes: [Int]
  let greatestFullBytes: Int
  /// Per type with a lane of its own: least work in that lane that precedes or is the unit.
  let ancestorWeight: [[Double]]
  let suffixAncestorWeight: [[Double]]

  // Owned memory, sized by the instance.
  let ideal: UnsafeMutablePointer<UInt64>
  let status: UnsafeMutablePointer<UInt8>
  let reach: UnsafeMutablePointer<Double>
  let region: UnsafeMutablePointer<Int32>
  let trail: UnsafeMutablePointer<Int32>
  let netInside: UnsafeMutablePointer<Int32>
  let netBefore: UnsafeMutablePointer<Int32>
  let netClosed: UnsafeMutablePointer<Int32>
  let netStamp: UnsafeMutablePointer<Int32>
  let constantInside: UnsafeMutablePointer<Int32>
  let frames: UnsafeMutablePointer<Frame>
  /// Units after which every later unit is a descendant: closing one closes all that is left.
  let closesRest: [Bool]
  let wordCount: Int

  /// Behind a pointer, as all that changes with each decision.
  let sums: UnsafeMutablePointer<StageSums>
  var stamp: Int32 = 0
  var regionCount = 0
  var trailCount = 0
  var frameCount = 0
  /// Units in the ideal before the stage.
  var beforeCount = 0

  // The stage's device.
  var type = 0
  var deviceType: Instance.DeviceType
  var times: [Double] = []
  var limit = 0.0
  var measured: MeasuredProgress

  init(_ instance: Instance) {
    self.instance = instance
    let count = instance.unitCount
    floors = instance.types.map { $0.floors(in: instance) }
    floorOverhead = instance.types.map {
      instance.measuredTables[$0.table].isEmpty ? $0.overhead : 0
    }
    weights = WorkWeights(floors: floors)
    let paying = instance.types.filter(\.paysTransfer)
    let isPredicted = paying.allSatisfy { instance.measuredTables[$0.table].isEmpty }
    leastPayingTime = (0..<count).map { unit in
      isPredicted ? paying.map { $0.times[unit] / $0.transferFactor }.min() ?? 0 : 0
    }
    (ancestorWeight, suffixAncestorWeight) = Self.ancestorWeights(instance, weights)
    fullBytes = (0..<count).map { unit in
      instance.unitConstants.row(unit).reduce(instance.unitBytes[unit]) {
        $0 + instance.constantBytes[Int($1)]
      }
    }
    greatestFullBytes = fullBytes.max() ?? 0
    wordCount = (count + 63) / 64
    sums = .allocate(capacity: 1)
    sums.initialize(to: StageSums())
    ideal = .allocate(capacity: wordCount)
    ideal.initialize(repeating: 0, count: wordCount)
    status = .allocate(capacity: count)
    status.initialize(repeating: 0, count: count)
    reach = .allocate(capacity: count)
    reach.initialize(repeating: 0, count: count)
    region = .allocate(capacity: count)
    region.initialize(repeating: 0, count: count)
    trail = .allocate(capacity: count)
    trail.initialize(repeating: 0, count: count)
    let nets = max(1, instance.netCosts.count)
    netInside = .allocate(capacity: nets)
    netInside.initialize(repeating: 0, count: nets)
    netBefore = .allocate(capacity: nets)
    netBefore.initialize(repeating: 0, count: nets)
    netClosed = .allocate(capacity: nets)
    netClosed.initialize(repeating: 0, count: nets)
    netStamp = .allocate(capacity: nets)
    netStamp.initialize(repeating: 0, count: nets)
    let constants = max(1, instance.constantBytes.count)
    constantInside = .allocate(capacity: constants)
    constantInside.initialize(repeating: 0, count: constants)
    frames = .allocate(capacity: count + 1)
    frames.initialize(
      repeating: Frame(local: 0, isTaken: false, trailCount: 0, sums: StageSums()),
      count: count + 1)
    closesRest = Self.closingUnits(instance)
    deviceType = instance.types[0]
    measured = MeasuredProgress(instance.measuredTables[0], unitCount: count)
  }

  deinit {
    sums.deallocate()
    ideal.deallocate()
    status.deallocate()
    reach.deallocate()
    region.deallocate()
    trail.deallocate()
    netInside.deallocate()
    netBefore.deallocate()
    netClosed.deallocate()
    netStamp.deallocate()
    constantInside.deallocate()
    frames.deallocate()
  }

  private static func closingUnits(_ instance: Instance) -> [Bool] {
    var result = Array(repeating: true, count: instance.unitCount)
    // Every later unit has a predecessor at or after this one, hence descends from it.
    var least = Int.max
    for unit in stride(from: instance.unitCount - 1, through: 0, by: -1) {
      result[unit] = least >= unit
      least = min(least, instance.predecessors.row(unit).last.map(Int.init) ?? -1)
    }
    return result
  }

  /// Work of all ancestors, exactly where the instance is small, else along the heaviest path.
  private static func ancestorWeights(
    _ instance: Instance, _ weights: WorkWeights
  ) -> (own: [[Double]], suffix: [[Double]]) {
    let count = instance.unitCount
    var ancestors: [OperatorSet] = []
    if count <= 2048 {
      for unit in 0..<count {
        var set = OperatorSet(capacity: count)
        for before in instance.predecessors.row(unit) {
          set.insert(Int(before))
          set.formUnion(ancestors[Int(before)])
        }
        ancestors.append(set)
      }
    }
    var own: [[Double]] = []
    var suffix: [[Double]] = []
    for type in instance.types.indices {
      guard let lane = weights.laneOfType[type] else {
        own.append(Array(repeating: 0, count: count))
        suffix.append(Array(repeating: 0, count: count))
        continue
      }
      var work = Array(repeating: 0.0, count: count)
      for unit in 0..<count {
        let before =
          ancestors.isEmpty
          ? instance.predecessors.row(unit).reduce(0) { max($0, work[Int($1)]) }
          : ancestors[unit].reduce(0) { $0 + weights.units[$1][lane] }
        work[unit] = before + weights.units[unit][lane]
      }
      var least = work
      for unit in stride(from: count - 2, through: 0, by: -1) {
        least[unit] = min(least[unit], least[unit + 1])
      }
      own.append(work)
      suffix.append(least)
    }
    return (own, suffix)
  }
}

extension Instance.DeviceType {
  /// For each unit a time that no stage holding it can undercut per unit.
  ///
  /// A stage inside a measured set may cost less than the sum of its operators; scaling each unit
  /// by the smallest ratio of measured to predicted among the sets that contain it keeps every sum
  /// below the true cost.
  func floors(in instance: Instance) -> [Double] {
    let table = instance.measuredTables[self.table]
    guard !table.isEmpty else {
      return zip(times, isExcluded).map { $1 ? .infinity : $0 }
    }
    var scale = Array(repeating: 1.0, count: times.count)
    for index in 0..<table.count {
      let inside = (0..<times.count).filter {
        table.containing[$0][index >> 6] & (1 << UInt64(index & 63)) != 0
      }
      let sum = inside.reduce(0) { $0 + times[$1] }
      let cost = table.costs[index].estimate
      guard cost < sum else { continue }
      // An operator that cannot run there but was measured costs what was measured: no floor.
      let ratio = sum.isFinite ? cost / sum : 0
      for unit in inside { scale[unit] = min(scale[unit], ratio) }
    }
    return times.indices.map { unit in
      if isExcluded[unit] { return .infinity }
      return scale[unit] == 0 ? 0 : times[unit] * scale[unit]
    }
  }
}
