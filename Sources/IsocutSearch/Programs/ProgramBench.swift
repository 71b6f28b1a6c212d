import Foundation
package import IsocutBackends
import IsocutFormats
import IsocutGraph
package import IsocutProfile

/// Stages measured on a Cloud AI 100 card: each is compiled as a program of its own by the vendor's
/// compiler, and run by the vendor's runner on cores of its own.
package actor ProgramBench: StageBench {
  /// Inferences queued while stages are compared: the runner's own default, enough to keep a
  /// program busy.
  static let setSize = 10
  /// Those tried with all programs running. A pipeline is never judged with one inference.
  private static let setSizes = [2, 4, 8, 16]
  /// Runs of a stage alone; their spread shows the noise.
  private static let runCount = 3

  let machine: ProgramMeasurer
  private let tokens: [String]
  private let layouts: [String: NSPLayout]
  /// Nil keeps programs as long as the model is prepared.
  private let cache: ProgramCache?
  /// Compilations at a time.
  private let compilations: Int
  package private(set) var counts = Measurer.Counts()
  private var hashes = FileHashes()
  /// Programs that were measured in this life.
  private var paid: Set<AICProgram> = []
  /// Runs of a program that were looked at so far.
  private var attempts: [AICProgram: Int] = [:]
  /// What was measured of the final stages.
  var final: FinalPrograms?

  /// - Parameters:
  ///   - machine: looks after the store; runs of two seconds are long enough for it.
  ///   - stages: one layout for each of `devices`.
  ///   - compilations: at a time.
  package init(
    _ machine: ProgramMeasurer, stages: [NSPLayout], tokens: [String], compilations: Int
  ) {
    self.machine = machine
    self.tokens = tokens
    self.compilations = max(1, compilations)
    layouts = Dictionary(
      zip(StagePrograms.devices(stages).map(\.id), stages), uniquingKeysWith: { first, _ in first })
    cache = machine.store == nil ? nil : .ofUser
  }

  package nonisolated var saves: Bool { machine.store != nil }
  package nonisolated var compilesFinalStages: Bool { false }

  /// The card does not time operators, and the CPU's times say nothing of it.
  package nonisolated func firstCosts(
    _ files: StageFiles, _ level: RunOptions.OptimizationLevel
  ) -> FirstCosts? { nil }

  package nonisolated func measuring(
    _ files: StageFiles, _ level: RunOptions.OptimizationLevel
  ) -> any StageMeasuring {
    ProgramStages(bench: self, files: files)
  }

  // MARK: Measuring

  /// Compiles stages at the same time, those that are not known. Failures show when they are
  /// measured.
  func compile(_ stages: [(OperatorSet, Device)], _ files: StageFiles) async throws {
    let wanted = try stages.map { try program($0.0, $0.1, files) }.filter { program in
      try machine.known(program, setSize: Self.setSize) == nil
    }
    _ = try await tryToCompile(wanted)
  }

  /// Compiles programs that are to be there, as many at a time as wanted.
  ///
  /// - Throws: the first failure.
  func compile(_ programs: [AICProgram]) async throws {
    for result in try await tryToCompile(programs) { _ = try result.get() }
  }

  /// - Throws: `IsocutError` `.interrupted`: the others are of no use any more.
  private func tryToCompile(
    _ programs: [AICProgram]
  ) async throws -> [Result<CompilerOutput?, any Error>] {
    var results: [Result<CompilerOutput?, any Error>] = []
    for start in stride(from: 0, to: programs.count, by: compilations) {
      let group = Array(programs[start..<min(start + compilations, programs.count)])
      let machine = machine
      let made = try await onThread {
        let made = BlockingThreads.map(group) { program in
          Result { try machine.compile(program) }
        }
        for case .failure(let error) in made where error is CancellationError { throw error }
        return made
      }
      for result in made { count(compiled: try? result.get()) }
      results += made
    }
    return results
  }

  /// Milliseconds of an execution of a stage alone, or why there are none.
  func time(_ operators: OperatorSet, _ device: Device, _ files: StageFiles) async throws
    -> StageTime
  {
    do {
      let program = try program(operators, device, files)
      let found = try await runs(program, from: 0, count: Self.runCount)
      count(program, isNew: found.isNew)
      let interval = MedianInterval(found.times, isIndependent: true)
      return StageTime(
        milliseconds: interval.median, low: interval.low, high: interval.high,
        latency: interval.median * Double(device.lanes), isSteady: true)
    } catch let error as IsocutError where error.code == .vendorTool {
      counts.failures += 1
      return .failed(error.message)
    }
  }

  package func inTurns(
    _ parts: [StagePart], _ files: StageFiles, expecting milliseconds: Double
  ) async throws -> SeveralStages.Windows {
    let programs = try parts.map { try program($0.operators, $0.device, files) }
    var windows = programs.map { _ in [Double]() }
    var isNew = programs.map { _ in false }
    for _ in 0..<Self.runCount {
      for (index, program) in programs.enumerated() {
        let attempt = attempts[program, default: Self.runCount]
        attempts[program] = attempt + 1
        let found = try await runs(program, from: attempt, count: 1)
        windows[index] += found.times
        isNew[index] = isNew[index] || found.isNew
      }
    }
    for (program, isNew) in zip(programs, isNew) { count(program, isNew: isNew) }
    // Nobody else has these cores.
    return SeveralStages.Windows(
      medians: windows, disturbance: Disturbance(lostShare: 0, slowdown: 0))
  }

  package func together(_ parts: [StagePart], _ files: StageFiles) async throws -> [Double] {
    let programs = try parts.map { try program($0.operators, $0.device, files) }
    var measured: [(setSize: Int, ProgramMeasurer.Together)] = []
    var failure: IsocutError?
    for setSize in Self.setSizes {
      do {
        if let known = try machine.knownTogether(programs, setSize: setSize) {
          counts.reused += programs.count
          measured.append((setSize, known))
          continue
        }
        for program in programs { count(program, isNew: true) }
        let machine = machine
        try await compile(programs)
        measured.append(
          (
            setSize,
            try await onThread { try machine.measureTogether(programs, setSize: setSize) }
          ))
      } catch let error as IsocutError where error.code == .vendorTool {
        failure = error
      }
    }
    let best = measured.max { $0.1.executionsPerSecond < $1.1.executionsPerSecond }
    guard let best else { throw failure ?? IsocutError(.vendorTool, "no set size was measured") }
    final = FinalPrograms(
      programs: programs, setSize: best.setSize, environment: best.1.environment,
      rates: measured.map { ($0.setSize, $0.1.executionsPerSecond) })
    return best.1.results.map(\.millisecondsPerExecution)
  }

  /// Milliseconds of an execution in each of several runs, and whether one of them is new.
  private func runs(
    _ program: AICProgram, from first: Int, count: Int
  ) async throws -> (times: [Double], isNew: Bool) {
    var times: [Double] = []
    var isNew = false
    for attempt in first..<first + count {
      let point: AICPoint
      if let known = try machine.known(program, setSize: Self.setSize, attempt: attempt) {
        point = known
      } else {
        if let failure = try machine.knownFailure(program, setSize: Self.setSize) {
          throw failure
        }
        isNew = true
        let machine = machine
        self.count(compiled: try await onThread { try machine.compile(program) })
        point = try await onThread {
          try machine.measure(
            program, setSize: Self.setSize, attempt: attempt, recordsLatency: false)
        }
      }
      times.append(point.result.millisecondsPerExecution)
    }
    cache?.use(program)
    return (times, isNew)
  }

  private func count(_ program: AICProgram, isNew: Bool) {
    if !isNew {
      counts.reused += 1
    } else if paid.insert(program).inserted {
      counts.measurements += 1
    } else {
      counts.repeats += 1
    }
  }

  /// - Parameter output: nil where the compiler was not asked.
  private func count(compiled output: CompilerOutput?) {
    if output != nil { counts.compilations += 1 }
  }

  /// - Throws: `IsocutError` `.interrupted` in the place of `CancellationError`.
  private func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    do {
      return try await BlockingThread.run("isocut program", body)
    } catch is CancellationError {
      throw IsocutError.interrupted(saves: saves)
    }
  }

  // MARK: Programs

  /// A stage as the compiler is told of it, in its place in the cache.
  private func program(
    _ operators: OperatorSet, _ device: Device, _ files: StageFiles
  ) throws -> AICProgram {
    guard let layout = layouts[device.id] else {
      throw IsocutError(.internalError, "no cores are set aside for \(device.id)")
    }
    let paths = try files.preparation.stageFiles(operators)
    var words = ["-aic-num-cores=\(layout.cores)"]
    if let mos = layout.mos.argument { words.append("-mos=" + mos) }
    let command = CompileCommand(
      executable: machine.tools.compiler, model: paths[0], tokens: words + tokens,
      outputFolder: "program")
    var contents: [String: String] = [:]
    for path in paths + VendorArguments(tokens).files {
      contents[path] = try hashes.sha256(ofFile: path)
    }
    let record = CompileRecord(command: command, files: contents, sdk: machine.sdk)
    let cache = cache ?? ProgramCache(folder: files.preparation.folder + "/programs")
    return AICProgram(
      compile: command.writing(to: try cache.place(of: record)), layout: layout, files: contents)
  }
}
