import Foundation
package import IsocutBackends
import IsocutGraph
import Synchronization

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
    case finished(ConfigurationResult)
  }

  package init(
    _ job: ConfiguratorJob, _ programs: ProgramMeasurer,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.job = job
    self.programs = programs
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
      for start in stride(from: 0, to: requests.count, by: job.compilations) {
        let chunk = requests[start..<min(start + job.compilations, requests.count)]
        results += try measureTogether(Array(chunk), &compiled)
      }
    } catch is CancellationError {
      let kept = programs.store == nil ? "" : " and kept; the same command goes on from them"
      throw IsocutError(
        .interrupted,
        "stopped; \(results.count) of \(requests.count) configurations are measured\(kept)")
    }
    return results
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
        if let points = try known(program, request.setSizes) {
          result.points = points
          result.isReused = true
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
          report(.running(result.configuration, setSize: setSize))
          result.points.append(
            try programs.known(program, setSize: setSize)
              ?? programs.measure(program, setSize: setSize))
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
    let results = inParallel(Array(open)) { entry in
      (entry.key, Result { try programs.compile(entry.value) })
    }
    for (folder, result) in results { compiled[folder] = result }
  }

  /// All points from the store, or nil where one is missing or none is wanted.
  private func known(_ program: AICProgram, _ setSizes: [Int]) throws -> [AICPoint]? {
    guard !setSizes.isEmpty else { return nil }
    let points = try setSizes.map { try programs.known(program, setSize: $0) }
    return points.contains(nil) ? nil : points.compactMap { $0 }
  }
}

/// Results in the order of the items. `body` blocks, so each call has a thread of its own.
private func inParallel<Item: Sendable, Output: Sendable>(
  _ items: [Item], _ body: @escaping @Sendable (Item) -> Output
) -> [Output] {
  let outputs = Mutex([Output?](repeating: nil, count: items.count))
  let finished = DispatchSemaphore(value: 0)
  for (index, item) in items.enumerated() {
    let thread = Thread {
      let output = body(item)
      outputs.withLock { $0[index] = output }
      finished.signal()
    }
    thread.start()
  }
  for _ in items { finished.wait() }
  return outputs.withLock { $0.compactMap { $0 } }
}
