internal import IsocutGraph

extension StageEnumerator {
  /// Prepares for the stages after the ideal that stands in `ideal`.
  ///
  /// The *region* is what could possibly join a stage of load at most `limit`; everything else
  /// counts as closed from the start.
  func begin(
    type newType: Int, limit newLimit: Double, crossing: Double, done: SIMD4<Double>
  ) {
    if newType != type || times.isEmpty {
      type = newType
      deviceType = instance.types[type]
      times = deviceType.times
      if measured.table.count != 0 || !instance.measuredTables[deviceType.table].isEmpty {
        measured = MeasuredProgress(
          instance.measuredTables[deviceType.table], unitCount: instance.unitCount)
      }
    }
    limit = newLimit
    sums.pointee = StageSums()
    trailCount = 0
    frameCount = 0
    markRegion(done: done)
    countNets(crossing: crossing)
  }

  private func markRegion(done: SIMD4<Double>) {
    let count = instance.unitCount
    // Undo the last region and ideal.
    status.update(repeating: Status.outside, count: count)
    beforeCount = 0
    var first = -1
    for word in 0..<wordCount {
      var bits = ideal[word]
      beforeCount += bits.nonzeroBitCount
      if bits == .max {
        (status + (word << 6)).update(repeating: Status.before, count: 64)
        continue
      }
      while bits != 0 {
        status[word << 6 + bits.trailingZeroBitCount] = Status.before
        bits &= bits - 1
      }
      if first < 0, ideal[word] != .max { first = word << 6 + (~ideal[word]).trailingZeroBitCount }
    }
    regionCount = 0
    let floor = floors[type]
    let lane = weights.laneOfType[type]
    let already = lane.map { done[$0] } ?? 0
    let room = (limit - floorOverhead[type]) * (1 + 1e-12) + 1e-300
    let slack = already * 1e-12
    var unit = max(0, first)
    while unit < count {
      if lane != nil, suffixAncestorWeight[type][unit] - already > room + slack { break }
      if status[unit] == Status.outside, floor[unit] < .infinity {
        var heaviest = 0.0
        var isReachable = true
        for before in instance.predecessors.row(unit) {
          switch status[Int(before)] {
          case Status.before: continue
          case Status.open: heaviest = max(heaviest, reach[Int(before)])
          default: isReachable = false
          }
          if !isReachable { break }
        }
        let path = heaviest + floor[unit]
        if isReachable, path <= room,
          lane == nil || ancestorWeight[type][unit] - already <= room + slack
        {
          reach[unit] = path
          status[unit] = Status.open
          region[regionCount] = Int32(unit)
          regionCount += 1
          sums.pointee.openWeight += weights.units[unit]
          sums.pointee.openTime += times[unit]
          sums.pointee.openBytes += fullBytes[unit]
        }
      }
      unit += 1
    }
  }

  private func countNets(crossing: Double) {
    sums.pointee.crossing = crossing
    sums.pointee.settledCrossing = crossing
    for index in 0..<instance.constantBytes.count { constantInside[index] = 0 }
    stamp += 1
    for position in 0..<regionCount {
      for netIndex in instance.unitNets.row(Int(region[position])) {
        let net = Int(netIndex)
        guard netStamp[net] != stamp else { continue }
        netStamp[net] = stamp
        var before: Int32 = 0
        var closed: Int32 = 0
        for pin in instance.netPins.row(net) {
          switch status[Int(pin)] {
          case Status.before: before += 1
          case Status.outside: closed += 1
          default: break
          }
        }
        netInside[net] = 0
        netBefore[net] = before
        netClosed[net] = closed
        sums.pointee.openNets += instance.netCosts[net]
        // Known to cross only if some pin is surely left for later.
        if before > 0, closed == 0 { sums.pointee.settledCrossing -= instance.netCosts[net] }
      }
    }
  }

  /// Takes a unit into the stage; `giveBack` undoes the counters, the caller restores `sums`.
  func take(_ unit: Int) {
    sums.pointee.time += times[unit]
    sums.pointee.takenWeight += weights.units[unit]
    sums.pointee.openWeight -= weights.units[unit]
    sums.pointee.openTime -= times[unit]
    sums.pointee.openBytes -= fullBytes[unit]
    sums.pointee.takenCount += 1
    sums.pointee.bytes += instance.unitBytes[unit]
    for constant in instance.unitConstants.row(unit) {
      if constantInside[Int(constant)] == 0 {
        sums.pointee.bytes += instance.constantBytes[Int(constant)]
      }
      constantInside[Int(constant)] += 1
    }
    for netIndex in instance.unitNets.row(unit) {
      let net = Int(netIndex)
      let cost = instance.netCosts[net]
      let total = instance.netPins.count(ofRow: net)
      let inside = netInside[net] + 1
      netInside[net] = inside
      let before = netBefore[net]
      if inside == 1 {
        sums.pointee.cut += cost
        sums.pointee.openNets -= cost
        if before > 0 || netClosed[net] > 0 { sums.pointee.settled += cost }
        if before == 0 {
          sums.pointee.crossing += cost
          if netClosed[net] > 0 { sums.pointee.settledCrossing += cost }
        }
      }
      if inside == total { sums.pointee.cut -= cost }
      if inside + before == total { sums.pointee.crossing -= cost }
    }
    if !measured.table.isEmpty {
      sums.pointee.measuredLower = max(sums.pointee.measuredLower, measured.take(unit))
    }
  }

  func giveBack(_ unit: Int) {
    for constant in instance.unitConstants.row(unit) { constantInside[Int(constant)] -= 1 }
    for netIndex in instance.unitNets.row(unit) { netInside[Int(netIndex)] -= 1 }
    if !measured.table.isEmpty { measured.giveBack(unit) }
  }

  /// Gives back everything taken, to leave in the middle of a stage.
  func unwind() {
    while frameCount > 0 {
      frameCount -= 1
      if frames[frameCount].isTaken { giveBack(Int(region[Int(frames[frameCount].local)])) }
    }
  }

  /// Closes a unit and all its descendants in the region.
  func close(_ unit: Int) {
    status[unit] = Status.outside
    trail[trailCount] = Int32(unit)
    var head = trailCount
    trailCount += 1
    while head < trailCount {
      let closed = Int(trail[head])
      head += 1
      sums.pointee.openWeight -= weights.units[closed]
      sums.pointee.openTime -= times[closed]
      sums.pointee.openBytes -= fullBytes[closed]
      for netIndex in instance.unitNets.row(closed) {
        let net = Int(netIndex)
        netClosed[net] += 1
        if netInside[net] == 0,
          netClosed[net] + netBefore[net] == instance.netPins.count(ofRow: net)
        {
          sums.pointee.openNets -= instance.netCosts[net]
        }
        if netClosed[net] == 1 {
          if netInside[net] > 0, netBefore[net] == 0 {
            sums.pointee.settled += instance.netCosts[net]
          }
          if netInside[net] + netBefore[net] > 0 {
            sums.pointee.settledCrossing += instance.netCosts[net]
          }
        }
      }
      for next in instance.successors.row(closed) where status[Int(next)] == Status.open {
        status[Int(next)] = Status.outside
        trail[trailCount] = next
        trailCount += 1
      }
    }
  }

  func reopen(to count: Int) {
    while trailCount > count {
      trailCount -= 1
      let unit = Int(trail[trailCount])
      status[unit] = Status.open
      for netIndex in instance.unitNets.row(unit) { netClosed[Int(netIndex)] -= 1 }
    }
  }

  /// What the device's time is without transfer, for the stage as it is.
  var predicted: Double {
    var time = deviceType.overhead + sums.pointee.time
    if sums.pointee.bytes > deviceType.offChip.capacityBytes {
      time +=
        deviceType.offChip.timePerByte
        * Double(sums.pointee.bytes - deviceType.offChip.capacityBytes)
    }
    return time
  }

  /// The load of the stage as it is.
  var load: Double {
    let compute =
      measured.table.isEmpty
      ? predicted
      : measured.cost(
        predicted: predicted, lower: sums.pointee.measuredLower, takenCount: sums.pointee.takenCount
      )
    return deviceType.paysTransfer
      ? compute + deviceType.transferFactor * sums.pointee.cut : compute
  }

  /// A load that no stage grown from this one can undercut.
  var leastLoad: Double {
    let settled =
      deviceType.paysTransfer ? deviceType.transferFactor * sums.pointee.settled : 0
    guard !measured.table.isEmpty else { return predicted + settled }
    return min(max(predicted, sums.pointee.measuredLower), measured.smallestAround) + settled
  }

  /// What a closed unit adds at most to the load of any stage grown from this one.
  func greatestAddition(of unit: Int) -> Double {
    var transfer = 0.0
    for netIndex in instance.unitNets.row(unit) {
      let net = Int(netIndex)
      if netInside[net] == 0 { transfer += instance.netCosts[net] }
      if netInside[net] == instance.netPins.count(ofRow: net) - 1 {
        transfer -= instance.netCosts[net]
      }
    }
    return times[unit] + deviceType.transferFactor * transfer
  }

  /// Whether every stage grown from this one has room for the unit of `leastClosedLoad`.
  func leavesRoom(below top: Double) -> Bool {
    guard sums.pointee.leastClosedLoad < .infinity else { return false }
    let bytes = sums.pointee.bytes + sums.pointee.openBytes + greatestFullBytes
    guard bytes <= deviceType.memoryLimit else { return false }
    let beyond = max(0, bytes - deviceType.offChip.capacityBytes)
    let most =
      deviceType.overhead + sums.pointee.time + sums.pointee.openTime
      + deviceType.transferFactor * (sums.pointee.cut + sums.pointee.openNets)
      + deviceType.offChip.timePerByte * Double(beyond)
    return most + sums.pointee.leastClosedLoad <= top * (1 - 1e-12)
  }

  var fitsMemory: Bool { sums.pointee.bytes <= deviceType.memoryLimit }
}
