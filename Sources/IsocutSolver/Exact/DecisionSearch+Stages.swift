internal import IsocutGraph

/// What the listing of stages after one state needs to know.
struct Expansion {
  var state: Int
  var type: Int
  var copies: Int
  /// Devices used once the stage is placed.
  var used: [UInt16]
  var remaining: DecisionSearch.Remaining
  /// Largest load of the stage, a rounding above the threshold.
  var top: Double
  /// The same without overhead.
  var room: Double
  /// Weight the stage must take, given what the devices left can.
  var needed: SIMD4<Double>
  var transferFactor: Double
  var latencyBefore: Double
  var done: SIMD4<Double>
}

extension DecisionSearch {
  /// How an expansion ends; `nil` in its place means: go on.
  enum Ending {
    case done, stopped
    case found(Int)
  }

  private enum Turn {
    case goDown, goUp
    case end(Ending)
  }

  /// Lists the stages of one device type after a state and adds the states they lead to.
  func stages(
    from state: Int, type: Int, copies: Int, newUsed: [UInt16], _ meter: inout WorkMeter
  ) -> Ending {
    let search = enumerator
    let ideal = Int(store.idealOf[state])
    store.copyIdeal(of: state, to: search.ideal)
    let done = store.done[ideal]
    let limit = threshold * Double(copies)
    search.begin(type: type, limit: limit, crossing: store.crossing[ideal], done: done)
    let remaining = remaining(after: newUsed)
    let expansion = Expansion(
      state: state, type: type, copies: copies, used: newUsed, remaining: remaining,
      top: limit * (1 + 1e-12), room: (limit - search.floorOverhead[type]) * (1 + 1e-12),
      needed: search.weights.total * (1 - 1e-11) - remaining.capacity - done,
      transferFactor: search.deviceType.transferFactor, latencyBefore: store.latency[state],
      done: done)
    guard search.regionCount > 0, isPromising(expansion) else { return .done }

    var position = 0
    var decisionsLeft = beam?.decisions ?? .max
    while true {
      var turn = Turn.goDown
      // Go down: decide the next open unit.
      while position < search.regionCount,
        search.status[Int(search.region[position])] != StageEnumerator.Status.open
      {
        position += 1
      }
      if position == search.regionCount {
        turn = .goUp
        if search.sums.pointee.takenCount > 0, let end = finish(expansion, &meter) {
          turn = .end(end)
        }
      } else if decisionsLeft == 0 {
        turn = .end(.done)
      } else if !meter.count() {
        turn = .end(.stopped)
      } else {
        decisionsLeft -= 1
        let unit = Int(search.region[position])
        search.frames[search.frameCount] = StageEnumerator.Frame(
          local: Int32(position), isTaken: true, trailCount: Int32(search.trailCount),
          sums: search.sums.pointee)
        search.frameCount += 1
        search.status[unit] = StageEnumerator.Status.taken
        search.take(unit)
        let isAllowed =
          search.fitsMemory && search.leastLoad <= expansion.top && isPromising(expansion)
          && (!seeksLatency || expansion.latencyBefore + search.leastLoad <= bestLatency)
        if !isAllowed { turn = closeLast(expansion, &meter) }
        position += 1
      }
      while case .goUp = turn {
        // Go up to the last unit that was taken and close it instead.
        guard search.frameCount > 0 else { return .done }
        let index = search.frameCount - 1
        if search.frames[index].isTaken {
          position = Int(search.frames[index].local) + 1
          turn = closeLast(expansion, &meter)
        } else {
          search.reopen(to: Int(search.frames[index].trailCount))
          search.sums.pointee = search.frames[index].sums
          search.frameCount -= 1
        }
      }
      if case .end(let ending) = turn {
        search.unwind()
        return ending
      }
    }
  }

  /// Whether stages grown from here, with what may still join, could lead anywhere.
  @inline(__always)
  private func isPromising(_ expansion: Expansion) -> Bool {
    let sums = enumerator.sums
    let settled =
      expansion.transferFactor > 0 ? expansion.transferFactor * sums.pointee.settled : 0
    if settled > expansion.room || enumerator.leavesRoom(below: expansion.top) { return false }
    let reach = enumerator.weights.reach(expansion.room - settled, type: expansion.type)
    let open = sums.pointee.takenWeight + sums.pointee.openWeight
    let least =
      expansion.needed + expansion.remaining.crossingPrice * sums.pointee.settledCrossing
    if any((open .< least) .| (reach .< least)) { return false }
    guard let boundaryBound else { return true }
    return boundaryBound.isHopeful(
      from: expansion.done[0] + sums.pointee.takenWeight[0],
      to: expansion.done[0] + min(open[0], reach[0]),
      devicesLeft: expansion.remaining.deviceCount)
  }

  /// Turns the last decision from taken to closed; takes it back where that leads nowhere.
  private func closeLast(_ expansion: Expansion, _ meter: inout WorkMeter) -> Turn {
    let search = enumerator
    let index = search.frameCount - 1
    let unit = Int(search.region[Int(search.frames[index].local)])
    search.giveBack(unit)
    search.sums.pointee = search.frames[index].sums
    search.status[unit] = StageEnumerator.Status.open
    if expansion.remaining.deviceCount > 0 {
      search.frames[index].isTaken = false
      if search.closesRest[unit] {
        // Nothing else can join: the stage is finished, no need to mark the rest.
        if search.sums.pointee.takenCount > 0, let end = finish(expansion, &meter) {
          return .end(end)
        }
      } else {
        search.close(unit)
        noteClosed(unit)
        if search.leastLoad <= expansion.top, isPromising(expansion) { return .goDown }
        search.reopen(to: Int(search.frames[index].trailCount))
        search.sums.pointee = search.frames[index].sums
      }
    }
    search.frameCount -= 1
    return .goUp
  }

  /// Notes that all stages grown from here are dropped if they have room for a unit just closed.
  ///
  /// What the absorption rule asks of transfer only gets truer as a stage grows.
  private func noteClosed(_ unit: Int) {
    let search = enumerator
    guard absorbs, !seeksLatency, search.measured.table.isEmpty, !noAbsorption[unit],
      !search.transferGainOutweighs(unit)
    else { return }
    search.sums.pointee.leastClosedLoad = min(
      search.sums.pointee.leastClosedLoad, search.greatestAddition(of: unit))
  }

  /// Judges a finished stage and adds the state it leads to; returns how the search can end.
  private func finish(_ expansion: Expansion, _ meter: inout WorkMeter) -> Ending? {
    let search = enumerator
    let sums = search.sums.pointee
    let remaining = expansion.remaining
    let isFull = search.beforeCount + sums.takenCount == instance.unitCount
    if isFull {
      if instance.usesAllDevices, remaining.deviceCount > 0 { return nil }
    } else {
      if remaining.deviceCount == 0 { return nil }
      let least = expansion.needed + remaining.crossingPrice * sums.crossing
      if any(sums.takenWeight .< least) { return nil }
      if let boundaryBound,
        !boundaryBound.isHopeful(
          at: expansion.done[0] + sums.takenWeight[0], crossing: sums.crossing,
          devicesLeft: remaining.deviceCount)
      {
        return nil
      }
    }
    let load = search.load
    guard load <= expansion.top else { return nil }
    let latency = seeksLatency ? expansion.latencyBefore + load : 0
    if latency > bestLatency { return nil }
    if !isFull {
      if absorbs, isAbsorbed(top: expansion.top) { return nil }
      if seeksLatency, latency + leastLatencyOfRest() > bestLatency { return nil }
    }
    for word in 0..<search.wordCount { next[word] = search.ideal[word] }
    for index in 0..<search.frameCount where search.frames[index].isTaken {
      let unit = Int(search.region[Int(search.frames[index].local)])
      next[unit >> 6] |= 1 << UInt64(unit & 63)
    }
    let entry = StateStore.Entry(
      parent: Int32(expansion.state), type: expansion.type, copies: expansion.copies,
      latency: latency, crossing: sums.crossing, done: expansion.done + sums.takenWeight)
    guard let added = store.insert(next, hash: idealHash(), used: expansion.used, entry) else {
      return nil
    }
    if isFull {
      guard case .leastLatency = goal else { return .found(added) }
      bestLatency = latency
      bestState = added
      return nil
    }
    buckets[expansion.used.reduce(0) { $0 + Int($1) }].append(Int32(added))
    return meter.note(bytes: store.byteCount) ? nil : .stopped
  }

  /// What is left takes at least its smallest times.
  private func leastLatencyOfRest() -> Double {
    var rest = leastTotal
    for unit in 0..<instance.unitCount
    where enumerator.status[unit] >= StageEnumerator.Status.taken {
      rest -= leastTimes[unit]
    }
    return rest * (1 - 1e-12)
  }

  private func idealHash() -> UInt64 {
    var hash: UInt64 = 0x2545_F491_4F6C_DD1D
    for word in 0..<enumerator.wordCount {
      hash = (hash ^ next[word]) &* 0x9FB2_1C65_1E98_DF25
      hash ^= hash >> 32
    }
    return hash
  }

  /// Whether some closed unit could as well have joined the stage: then the larger ideal, which is
  /// listed too, is at least as good (the absorption rule of `docs/solver.md`).
  private func isAbsorbed(top: Double) -> Bool {
    let search = enumerator
    for index in 0..<search.frameCount where !search.frames[index].isTaken {
      let unit = Int(search.region[Int(search.frames[index].local)])
      guard !noAbsorption[unit] else { continue }
      // What the later holder of the unit saves and gains in transfer.
      if search.transferGainOutweighs(unit) { continue }
      if seeksLatency, search.latencyGain(unit) > 1e-13 * top { continue }
      let saved = search.sums.pointee
      search.take(unit)
      let fits = search.fitsMemory && search.load <= top
      search.giveBack(unit)
      search.sums.pointee = saved
      if fits { return true }
    }
    return false
  }
}

extension StageEnumerator {
  /// Whether taking a unit out of a later stage could cost that stage more transfer than it saves.
  func transferGainOutweighs(_ unit: Int) -> Bool {
    var balance = 0.0
    var hasNets = false
    for netIndex in instance.unitNets.row(unit) {
      let net = Int(netIndex)
      let inIdeal = netInside[net] + netBefore[net]
      let total = instance.netPins.count(ofRow: net)
      if inIdeal == 0 {
        balance -= instance.netCosts[net]
        hasNets = true
      } else if inIdeal == total - 1 {
        balance += instance.netCosts[net]
      }
    }
    return hasNets && balance + leastPayingTime[unit] < 0
  }

  /// How much the latency may grow at most when a unit joins the stage instead of a later one: what
  /// the stage gains less what the later one loses, whichever type that is.
  func latencyGain(_ unit: Int) -> Double {
    var joining = 0.0
    var leaving = 0.0
    for netIndex in instance.unitNets.row(unit) {
      let net = Int(netIndex)
      let cost = instance.netCosts[net]
      let inside = netInside[net]
      let inIdeal = inside + netBefore[net]
      let total = instance.netPins.count(ofRow: net)
      if inside == 0 { joining += cost }
      if inside == total - 1 { joining -= cost }
      if inIdeal == total - 1 { leaving += cost }
      if inIdeal == 0 { leaving -= cost }
    }
    var own = times[unit] + deviceType.transferFactor * joining
    if deviceType.offChip.timePerByte > 0 {
      var bytes = instance.unitBytes[unit]
      for constant in instance.unitConstants.row(unit) where constantInside[Int(constant)] == 0 {
        bytes += instance.constantBytes[Int(constant)]
      }
      let spare = deviceType.offChip.capacityBytes - sums.pointee.bytes
      let beyond = spare >= 0 ? max(0, bytes - spare) : bytes
      own += deviceType.offChip.timePerByte * Double(beyond)
    }
    var gain = -Double.infinity
    for other in instance.types {
      gain = max(gain, own - (other.times[unit] + other.transferFactor * leaving))
    }
    return gain
  }
}
