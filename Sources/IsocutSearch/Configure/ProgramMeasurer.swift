package import IsocutBackends
import IsocutFormats
package import IsocutGraph
package import IsocutProfile
import IsocutWorker

/// Compiles programs and measures them on one device. What is measured is in the store
/// the moment it exists, and is not measured again; nor is what failed tried again.
package struct ProgramMeasurer: Sendable {
  package var tools: AICTools
  package var device: AICDevice
  package var sdk: String?
  package var length = RunCommand.Length.seconds(5)
  package var compileTimeout = Duration.seconds(3600)
  /// Beyond the length of a run.
  package var runTimeout = Duration.seconds(120)
  package var coolDown = CoolDown()
  /// Told of each temperature that is waited for.
  package var waiting: @Sendable (Double) -> Void = { _ in }
  package var store: ProfileStore?
  /// Whether failures of the store are passed over.
  package var retriesFailures = false
  package var isInterrupted: @Sendable () -> Bool = { false }

  /// Looks at the machine before any work is done for it.
  ///
  /// - Parameter qid: the device; nil takes the one with the most free cores.
  /// - Throws: `IsocutError` `.unavailable` where a tool is missing or the device is not ready.
  package init(
    tools: AICTools, device qid: Int?, store: ProfileStore?,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws {
    try tools.requireAll()
    self.tools = tools
    device = try tools.devices().device(qid, cores: 1)
    sdk = tools.sdkVersion()
    self.store = store
    self.isInterrupted = isInterrupted
  }

  /// Compiles a program, or finds it compiled.
  ///
  /// - Returns: what the compiler said; nil where it was not asked.
  /// - Throws: `IsocutError` `.vendorTool` where the compiler fails, or failed before;
  ///   `.cannotCreate` for the program's folder; `CancellationError`.
  @discardableResult
  package func compile(_ program: AICProgram) throws -> CompilerOutput? {
    let subject = compilation(of: program)
    let failure = try knownFailure(subject, limit: compileTimeout)
    if let failure { throw failure }
    let output = try keepingFailure(of: subject, writing: program.compile.outputFolder) {
      try tools.compile(
        program.compile, record: record(of: program), timeout: compileTimeout,
        isCancelled: isInterrupted)
    }
    if retriesFailures { try forgetFailure(of: subject, limit: compileTimeout) }
    return output
  }

  /// What the store knows of a program with a set size.
  ///
  /// - Parameter attempt: counts runs of the same; the first is 0.
  package func known(
    _ program: AICProgram, setSize: Int, attempt: Int = 0
  ) throws -> AICPoint? {
    let subject = run(of: program, setSize: setSize, attempt: attempt)
    return try store?.figures(for: key(.cloudAI100, subject), as: AICPoint.self)
  }

  /// Why a program cannot be compiled, or not be run with a set size, as the store knows it.
  ///
  /// - Parameter setSize: nil asks for the compilation.
  package func knownFailure(_ program: AICProgram, setSize: Int?) throws -> IsocutError? {
    guard let setSize else {
      return try knownFailure(compilation(of: program), limit: compileTimeout)
    }
    return try knownFailure(run(of: program, setSize: setSize), limit: timeLimit(ofRun: length))
  }

  /// Runs a compiled program: once for its rate and, where wanted, once for its latency.
  ///
  /// - Throws: `IsocutError` `.vendorTool` where the run for the rate failed, `.unavailable` where
  ///   the device is not ready or has too few free cores; `CancellationError`.
  package func measure(
    _ program: AICProgram, setSize: Int, attempt: Int = 0, recordsLatency: Bool = true
  ) throws -> AICPoint {
    let subject = run(of: program, setSize: setSize, attempt: attempt)
    return try inTurn {
      // Another command may have measured it meanwhile.
      if let known = try known(program, setSize: setSize, attempt: attempt) { return known }
      let now = try readyDevice(cores: program.layout.cores * program.layout.instances)
      var run = program.run(
        executable: tools.runner, device: device.qid, setSize: setSize, length: length)
      // Which of several runs failed does not matter.
      let result = try keepingFailure(of: self.run(of: program, setSize: setSize, attempt: 0)) {
        try tools.run(run, timeout: timeLimit(ofRun: length), isCancelled: isInterrupted)
      }
      var point = AICPoint(
        setSize: setSize, result: result, environment: AICEnvironment(sdk: sdk, device: now))
      if recordsLatency {
        do {
          let folder = try WorkFolder()
          defer { folder.remove() }
          run.length = length.short
          point.latency = try tools.latency(
            run, in: folder.path, timeout: timeLimit(ofRun: run.length),
            isCancelled: isInterrupted)
        } catch let error as IsocutError {
          point.latencyProblem = error.message
        }
      }
      try store?.save(point, for: key(.cloudAI100, subject))
      return point
    }
  }

  /// Runs what measures while no other command of this user measures on the card.
  func inTurn<Value>(_ body: () throws -> Value) rethrows -> Value {
    let turn = MeasuringTurn(
      card: "\(AICTools.backendName)-\(device.qid)", patience: timeLimit(ofRun: length))
    return try withExtendedLifetime(turn, body)
  }

  /// The device, ready, cool and with enough free cores.
  package func readyDevice(cores: Int) throws -> AICDevice {
    try coolDown.wait(isCancelled: isInterrupted, waiting: waiting) {
      try tools.devices().device(device.qid, cores: cores)
    }
  }

  /// The longest that a run may take before it counts as hung.
  package func timeLimit(ofRun length: RunCommand.Length) -> Duration { runTimeout + length.most }
}

extension RunCommand.Length {
  /// The longest a run may take by itself; an execution takes less than a second.
  fileprivate var most: Duration {
    switch self {
    case .iterations(let count), .seconds(let count): .seconds(count)
    }
  }

  /// Enough for the percentiles of latency.
  fileprivate var short: Self {
    switch self {
    case .iterations(let count): .iterations(min(count, 1000))
    case .seconds(let seconds): .seconds(min(seconds, 2))
    }
  }
}
