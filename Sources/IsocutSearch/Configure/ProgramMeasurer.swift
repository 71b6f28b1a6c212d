package import IsocutBackends
import IsocutFormats
import IsocutGraph
package import IsocutProfile
import IsocutWorker

/// Compiles programs of one model and measures them on one device. What is measured is in the store
/// the moment it exists, and is not measured again.
package struct ProgramMeasurer: Sendable {
  package var tools: AICTools
  package var device: AICDevice
  package var sdk: String?
  /// SHA-256 of the model and the input files, by path.
  package var files: [String: String] = [:]
  package var length = RunCommand.Length.seconds(5)
  package var compileTimeout = Duration.seconds(3600)
  /// Beyond the length of a run.
  package var runTimeout = Duration.seconds(120)
  package var store: ProfileStore?
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
  package func compile(_ program: AICProgram) throws {
    _ = try tools.compile(
      program.compile, record: record(of: program), timeout: compileTimeout,
      isCancelled: isInterrupted)
  }

  /// What the store knows of a program with a set size.
  package func known(_ program: AICProgram, setSize: Int) throws -> AICPoint? {
    try store?.figures(for: key(of: program, setSize: setSize), as: AICPoint.self)
  }

  /// Runs a compiled program, once for its rate and once for its latency.
  ///
  /// - Throws: `IsocutError` `.vendorTool` where the run for the rate failed, `.unavailable` where
  ///   the device is not ready or has too few free cores; `CancellationError`.
  package func measure(_ program: AICProgram, setSize: Int) throws -> AICPoint {
    let needed = program.layout.cores * program.layout.instances
    let now = try tools.devices().device(device.qid, cores: needed)
    var run = program.run(
      executable: tools.runner, device: device.qid, setSize: setSize, length: length)
    var point = AICPoint(
      setSize: setSize,
      result: try tools.run(run, timeout: runTimeout + length.most, isCancelled: isInterrupted),
      environment: AICEnvironment(sdk: sdk, device: now))
    do {
      let folder = try WorkFolder()
      defer { folder.remove() }
      run.length = length.short
      point.latency = try tools.latency(
        run, in: folder.path, timeout: runTimeout + length.most, isCancelled: isInterrupted)
    } catch let error as IsocutError {
      point.latencyProblem = error.message
    }
    try store?.save(point, for: key(of: program, setSize: setSize))
    return point
  }

  private func record(of program: AICProgram) -> CompileRecord {
    CompileRecord(command: program.compile, files: files, sdk: sdk)
  }

  /// What decides the figures, and no path that does not.
  private struct Subject: Encodable {
    var options: [String]
    var files: [String]
    var instances: Int
    var setSize: Int
    var length: String
  }

  private func key(of program: AICProgram, setSize: Int) throws -> FiguresKey {
    let subject = Subject(
      options: record(of: program).options.map { files[$0.afterEquals] ?? $0 },
      files: files.values.sorted(), instances: program.layout.instances, setSize: setSize,
      length: "\(length)")
    return FiguresKey(
      kind: .cloudAI100,
      subject: FileHash.sha256(of: try WorkerCoding.encode(subject)),
      context: MeasurementKey.Context(
        backend: "aic100", backendVersion: sdk ?? "unknown",
        device: "\(device.sku ?? "unknown"), \(device.totalNSPs.map(String.init) ?? "?") NSPs",
        options: "{}", machine: MachineDescription.current().speedKey))
  }
}

extension String {
  /// The value of `-flag=value`, or the whole text.
  fileprivate var afterEquals: String {
    firstIndex(of: "=").map { String(self[index(after: $0)...]) } ?? self
  }
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
