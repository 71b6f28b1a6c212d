package import IsocutBackends
import IsocutGraph

/// Measures configurations of one model: several are compiled at a time, and while programs run
/// nothing is compiled, so that no compilation slows the host down during a run.
package struct ConfigurationMeasurer: Sendable {
  package var programs: ProgramMeasurer
  package var job: ConfiguratorJob
  package var report: @Sendable (Event) -> Void

  /// What is being done.
  package enum Event: Sendable {
    case compiling(count: Int)
    case running(AICConfiguration, setSize: Int)
    /// The card has so many degrees Celsius, which is too hot to measure.
    case cooling(Double)
    case finished(ConfigurationResult)
  }

  package init(
    _ job: ConfiguratorJob, _ programs: ProgramMeasurer,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.job = job
    self.programs = programs
    self.programs.waiting = { report(.cooling($0)) }
    self.report = report
  }

  /// A configuration, and the set sizes to run it with; none compiles it only.
  package struct Request: Sendable {
    package var configuration: AICConfiguration
    package var setSizes: [Int]

    package init(_ configuration: AICConfiguration, setSizes: [Int]) {
      self.configuration = configuration
      self.setSizes = setSizes
    }
  }

  /// - Returns: one result a request, in their order.
  /// - Throws: `IsocutError` `.interrupted` where the user stopped it, `.inputOutput` where the
  ///   store cannot be written; what a configuration does is its result.
  package func measure(_ requests: [Request]) throws -> [ConfigurationResult] {
    var results: [ConfigurationResult] = []
    var compiled: [String: Result<Void, any Error>] = [:]
    do {
      for group in groups(of: requests) { results += try measureTogether(group, &compiled) }
    } catch is CancellationError {
      let kept = programs.store == nil ? "" : " and kept; the same command goes on from them"
      throw IsocutError(
        .interrupted,
        "stopped; \(results.count) of \(requests.count) configurations are measured\(kept)")
    }
    return results
  }

  /// Requests in their order, each group with as many programs as are compiled at a time; several
  /// numbers of instances share one.
  private func groups(of requests: [Request]) -> [[Request]] {
    var groups: [[Request]] = []
    var programs: Set<String> = []
    for request in requests {
      let name = request.configuration.folderName
      if groups.isEmpty || (!programs.contains(name) && programs.count == job.compilations) {
        groups.append([])
        programs = []
      }
      programs.insert(name)
      groups[groups.count - 1].append(request)
    }
    return groups
  }

  /// - Parameter compiled: what became of compilations so far, by the program's folder.
  private func measureTogether(
    _ requests: [Request], _ compiled: inout [String: Result<Void, any Error>]
  ) throws -> [ConfigurationResult] {
    var results = requests.map { ConfigurationResult($0.configuration) }
    var open: [(index: Int, program: AICProgram)] = []
    for (index, request) in requests.enumerated() {
      try keepingFailure(in: &results[index]) { result in
        // A file of configurations may have been made for another card.
        try request.configuration.layout.validate(onDeviceWith: programs.device.totalNSPs)
        let program = try job.program(of: request.configuration, on: programs)
        // What failed in this run is no news of an earlier one.
        if case .failure(let failure) = compiled[program.compile.outputFolder] { throw failure }
        if let known = try known(program, request.setSizes) {
          result.points = known.points
          result.isReused = true
          if let failure = known.failure { throw failure }
        } else {
          open.append((index, program))
        }
      }
    }
    compile(open.map(\.program), &compiled)
    for (index, program) in open {
      try keepingFailure(in: &results[index]) { result in
        try compiled[program.compile.outputFolder]?.get()
        for setSize in requests[index].setSizes {
          if let point = try programs.known(program, setSize: setSize) {
            result.points.append(point)
            continue
          }
          if let failure = try programs.knownFailure(program, setSize: setSize) { throw failure }
          report(.running(result.configuration, setSize: setSize))
          result.points.append(try programs.measure(program, setSize: setSize))
        }
      }
    }
    for result in results { report(.finished(result)) }
    return results
  }

  /// What goes wrong with a configuration is its result; a store that fails ends the search.
  private func keepingFailure(
    in result: inout ConfigurationResult, _ body: (inout ConfigurationResult) throws -> Void
  ) throws {
    do {
      try body(&result)
    } catch let error as IsocutError where error.code != .inputOutput {
      result.failure = error
    }
  }

  /// Compiles each program once, however many configurations run it.
  private func compile(
    _ wanted: [AICProgram], _ compiled: inout [String: Result<Void, any Error>]
  ) {
    var open: [String: AICProgram] = [:]
    for program in wanted where compiled[program.compile.outputFolder] == nil {
      open[program.compile.outputFolder] = program
    }
    guard !open.isEmpty else { return }
    report(.compiling(count: open.count))
    let results = BlockingThreads.map(Array(open)) { entry in
      (entry.key, Result { _ = try programs.compile(entry.value) })
    }
    for (folder, result) in results { compiled[folder] = result }
  }

  /// All that the store knows: every point, or those before the first failure; nil where there is
  /// something to do.
  private func known(
    _ program: AICProgram, _ setSizes: [Int]
  ) throws -> (points: [AICPoint], failure: IsocutError?)? {
    var points: [AICPoint] = []
    for setSize in setSizes {
      guard let point = try programs.known(program, setSize: setSize) else {
        let failure =
          try programs.knownFailure(program, setSize: setSize)
          ?? programs.knownFailure(program, setSize: nil)
        return failure.map { (points, $0) }
      }
      points.append(point)
    }
    // One that is only compiled has its program in its folder.
    guard setSizes.isEmpty else { return (points, nil) }
    return try programs.knownFailure(program, setSize: nil).map { ([], $0) }
  }
}
