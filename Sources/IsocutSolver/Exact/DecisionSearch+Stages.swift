internal import IsocutGraph

extension DecisionSearch {
  /// Lists the stages of one device type after a state and adds the states they lead to.
  func stages(
    from state: Int, type: Int, copies: Int, newUsed: [UInt16], _ meter: inout WorkMeter
  ) -> Expansion {
    let search = enumerator
    let ideal = Int(store.idealOf[state])
    store.copyIdeal(of: state, to: search.ideal)
    let done = store.done[ideal]
    let limit = threshold * Double(copies)
    search.begin(type: type, limit: limit, crossing: store.crossing[ideal], done: done)
    if search.regionCount == 0 { return .done }
    let latencyBefore = store.latency[state]
    let remaining = remaining(after: newUsed)
    let margin = search.weights.total * 1e-11
    let room = (limit - search.floorOverhead[type]) * (1 + 1e-12)
    // Weight that must be in the ideal after this stage.
    let needed = search.weights.total - remaining.capacity - margin - done
    let paysTransfer = search.deviceType.paysTransfer
    let top = limit * (1 + 1e-12)
    let isLast = remaining.deviceCount == 0

    /// Whether stages grown from here, with what may still join, could lead anywhere.
    func isPromising() -> Bool {
      let sums = search.sums
      let load = room - (paysTransfer ? sums.settled : 0)
      if load < 0 { return false }
      let most = pointwiseMin(
        sums.takenWeight + sums.openWeight, search.weights.reach(load, type: type))
      let least = needed + remaining.crossingPrice * sums.settledCrossing
      return !any(most .< least)
    }
    if !isPromising() { return .done }

    var position = 0
    while true {
      // Go down: decide the next open unit.
      while position < search.regionCount,
        search.status[Int(search.region[position])] != StageEnumerator.Status.open
      {
        position += 1
      }
      var mustReturn = false
      if position == search.regionCount {
        if search.sums.takenCount > 0,
          let found = leaf(
            from: state, type: type, copies: copies, newUsed: newUsed, top: top,
            needed: needed, remaining: remaining, latencyBefore: latencyBefore, meter: &meter)
        {
          search.unwind()
          return found
        }
        mustReturn = true
      } else {
        guard meter.count() else {
          search.unwind()
          return .stopped
        }
        let unit = Int(search.region[position])
        search.frames[search.frameCount] = StageEnumerator.Frame(
          local: Int32(position), isTaken: true, trailCount: Int32(search.trailCount),
          sums: search.sums)
        search.frameCount += 1
        search.status[unit] = StageEnumerator.Status.taken
        search.sums.openWeight -= search.weights.units[unit]
        search.take(unit)
        let isAllowed =
          search.fitsMemory && search.leastLoad <= top && isPromising()
          && (!seeksLatency || latencyIsPromising(latencyBefore))
        if isAllowed {
          position += 1
        } else if !closeTop(isPromising, isLast: isLast) {
          mustReturn = true
        } else {
          position += 1
        }
      }
      if mustReturn {
        // Go up to the last unit that was taken and close it instead.
        var resumed = false
        while search.frameCount > 0 {
          let index = search.frameCount - 1
          if search.frames[index].isTaken {
            if closeTop(isPromising, isLast: isLast) {
              position = Int(search.frames[index].local) + 1
              resumed = true
              break
            }
          } else {
            search.reopen(to: Int(search.frames[index].trailCount))
            search.sums = search.frames[index].sums
            search.frameCount -= 1
          }
        }
        if !resumed { return .done }
      }
    }
  }

  /// Turns the last decision from taken to closed; takes it back and says false where that leads
  /// nowhere.
  private func closeTop(_ isPromising: () -> Bool, isLast: Bool) -> Bool {
    let search = enumerator
    let index = search.frameCount - 1
    let unit = Int(search.region[Int(search.frames[index].local)])
    search.giveBack(unit)
    search.sums = search.frames[index].sums
    search.status[unit] = StageEnumerator.Status.open
    if !isLast {
      search.frames[index].isTaken = false
      search.close(unit)
      if search.leastLoad <= search.limit * (1 + 1e-12), isPromising() { return true }
      search.reopen(to: Int(search.frames[index].trailCount))
      search.sums = search.frames[index].sums
    }
    search.frameCount -= 1
    return false
  }

  private func latencyIsPromising(_ before: Double) -> Bool {
    before + enumerator.leastLoad <= bestLatency
  }

  /// Judges a finished stage; returns the expansion's result when the search can end.
  private func leaf(
    from state: Int, type: Int, copies: Int, newUsed: [UInt16], top: Double,
    needed: SIMD4<Double>, remaining: Remaining, latencyBefore: Double, meter: inout WorkMeter
  ) -> Expansion? {
    let search = enumerator
    let sums = search.sums
    let load = search.load
    guard load <= top else { return nil }
    let isFull = search.beforeCount + sums.takenCount == instance.unitCount
    let latency = seeksLatency ? latencyBefore + load : 0
    if isFull {
      if instance.usesAllDevices, remaining.deviceCount > 0 { return nil }
      if seeksLatency, latency > bestLatency { return nil }
    } else {
      if remaining.deviceCount == 0 { return nil }
      if any(sums.takenWeight .< needed + remaining.crossingPrice * sums.crossing) { return nil }
      if absorbs, isAbsorbed(top: top) { return nil }
      if seeksLatency {
        // What is left takes at least its smallest times.
        var rest = leastTotal
        for unit in 0..<instance.unitCount where search.status[unit] >= StageEnumerator.Status.taken
        {
          rest -= leastTimes[unit]
        }
        if latency + rest * (1 - 1e-12) > bestLatency { return nil }
      }
    }
    for word in 0..<search.wordCount { next[word] = search.ideal[word] }
    for index in 0..<search.frameCount where search.frames[index].isTaken {
      let unit = Int(search.region[Int(search.frames[index].local)])
      next[unit >> 6] |= 1 << UInt64(unit & 63)
    }
    let done = store.done[Int(store.idealOf[state])]
    let entry = StateStore.Entry(
      parent: Int32(state), type: type, copies: copies, latency: latency,
      crossing: sums.crossing, done: done + sums.takenWeight)
    let hash = idealHash()
    guard let added = store.insert(next, hash: hash, used: newUsed, entry) else { return nil }
    if isFull {
      guard case .leastLatency = goal else { return .found(added) }
      bestLatency = latency
      bestState = added
      return nil
    }
    let level = newUsed.reduce(0) { $0 + Int($1) }
    buckets[level].append(Int32(added))
    return meter.note(bytes: store.byteCount) ? nil : .stopped
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
      let saved = search.sums
      search.take(unit)
      let fits = search.fitsMemory && search.load <= top
      search.giveBack(unit)
      search.sums = saved
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
      let total = instance.netPins.starts[net + 1] - instance.netPins.starts[net]
      if inIdeal == 0 {
        balance -= instance.netCosts[net]
        hasNets = true
      } else if inIdeal == total - 1 {
        balance += instance.netCosts[net]
      }
    }
    return hasNets && balance + leastPayingTime[unit] < 0
  }
}
