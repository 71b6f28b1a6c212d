internal import IsocutGraph

extension Problem {
  /// Checks that every index, count and number makes sense.
  ///
  /// - Throws: `IsocutError` `.badData` naming the first that does not.
  func validate() throws {
    func require(_ holds: Bool, _ message: @autoclosure () -> String) throws {
      guard holds else { throw IsocutError(.badData, message()) }
    }
    let valid = 0..<operatorCount
    try require(operatorCount >= 1, "the problem has no operators")
    try require(!devices.isEmpty, "the problem has no devices")
    try require(devices.count <= 4096, "\(devices.count) devices are more than the solver's 4096")
    try require(
      successors.count == operatorCount,
      "successors are given for \(successors.count) of \(operatorCount) operators")
    for (index, targets) in successors.enumerated() {
      try require(
        targets.allSatisfy(valid.contains), "operator \(index) has a successor out of range")
    }
    for group in groups {
      try require(group.allSatisfy(valid.contains), "a group names an operator out of range")
    }
    for device in devices {
      try require(
        times[device.kind] != nil, "no times are given for devices of kind \(device.kind.rawValue)")
      try require(
        device.overhead >= 0 && device.overhead.isFinite,
        "the overhead of a device is \(device.overhead); it must be finite and not negative")
      try require(
        device.transferFactor >= 0 && device.transferFactor.isFinite,
        "the transfer factor of a device is \(device.transferFactor); it must be finite and not "
          + "negative")
    }
    for (kind, values) in times {
      try require(
        values.count == operatorCount,
        "kind \(kind.rawValue) has \(values.count) times for \(operatorCount) operators")
      if let bad = values.firstIndex(where: { !($0 >= 0) }) {
        throw IsocutError(
          .badData, "operator \(bad) takes \(values[bad]) on \(kind.rawValue); times are >= 0")
      }
    }
    for net in nets {
      try require(
        valid.contains(net.producer) && net.consumers.allSatisfy(valid.contains),
        "a net names an operator out of range")
      try require(
        net.cost >= 0 && net.cost.isFinite,
        "the net of operator \(net.producer) costs \(net.cost); it must be finite and not negative")
    }
    try require(
      memory.operatorBytes.isEmpty || memory.operatorBytes.count == operatorCount,
      "bytes are given for \(memory.operatorBytes.count) of \(operatorCount) operators")
    try require(
      memory.operatorBytes.allSatisfy { $0 >= 0 }, "the bytes of an operator are negative")
    for constant in memory.constants {
      try require(
        constant.bytes >= 0 && constant.readers.allSatisfy(valid.contains),
        "a constant has negative bytes or a reader out of range")
    }
    for (kind, term) in offChip {
      try require(
        term.timePerByte >= 0 && term.timePerByte.isFinite && term.capacityBytes >= 0,
        "the off-chip term of kind \(kind.rawValue) is negative or not finite")
    }
    for stage in measured {
      try require(
        stage.operators.capacity == operatorCount,
        "a measured stage is of a graph of \(stage.operators.capacity) operators, not \(operatorCount)"
      )
      try require(
        stage.cost.lower >= 0 && stage.cost.lower <= stage.cost.estimate
          && stage.cost.estimate <= stage.cost.upper,
        "a measured stage costs \(stage.cost.estimate), outside its own interval "
          + "\(stage.cost.lower)...\(stage.cost.upper)")
    }
    for (index, device) in bindings {
      try require(
        valid.contains(index) && devices.indices.contains(device),
        "operator \(index) is bound to device \(device), one of them is out of range")
    }
    try require(maximumCopies >= 1, "maximumCopies is \(maximumCopies); it must be at least 1")
  }
}
