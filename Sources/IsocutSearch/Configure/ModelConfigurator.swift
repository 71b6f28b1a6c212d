import Foundation
package import IsocutBackends
import IsocutFormats
import IsocutGraph
package import IsocutProfile

/// Measures the configurations that a command line of the vendor's model configurator asks for.
package struct ModelConfigurator: Sendable {
  package struct Result: Sendable {
    /// The best first, what failed last.
    package var ranked: [ConfigurationResult]
    /// What an optimised search found from each starting point.
    package var optimized: OptimizedResults?
    package var objective: ConfiguratorFile.Objective
    /// With the columns of the vendor's result file.
    package var table: String
    /// The folder of the best configuration; nil where none could be measured.
    package var best: String?
    /// True where that folder holds the best configuration of an earlier run.
    package var bestIsOld: Bool
    package var model: String
    package var device: AICDevice
    package var environment: AICEnvironment
  }

  package var options: ConfiguratorOptions
  package var tools: AICTools
  package var store: ProfileStore?
  package var isInterrupted: @Sendable () -> Bool
  package var report: @Sendable (ConfigurationMeasurer.Event) -> Void

  package init(
    _ options: ConfiguratorOptions, tools: AICTools, store: ProfileStore?,
    isInterrupted: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (ConfigurationMeasurer.Event) -> Void
  ) {
    self.options = options
    self.tools = tools
    self.store = store
    self.isInterrupted = isInterrupted
    self.report = report
  }

  /// What can be wrong without a look at tools or device.
  ///
  /// - Throws: `IsocutError` `.missingInput` or `.badData` for files, `.infeasible` where no device
  ///   takes any configuration.
  package func check() throws {
    if try optimizerFile() == nil {
      _ = try options.configurations(nsps: NSPLayout.mostNSPs)
    }
    _ = try ONNXFile(path: options.model)
    try InputItems.check(options.inputs)
  }

  private func optimizerFile() throws -> ConfiguratorFile? {
    try options.optimizerFile.map { path in
      try ConfiguratorFile(parsing: ConfiguratorOptions.data(ofFile: path), path: path)
    }
  }

  /// - Throws: `IsocutError` `.unavailable` where a tool or the device is missing, `.missingInput`
  ///   or `.badData` for files, `.infeasible` where no configuration can run, `.interrupted` where
  ///   the user stopped it.
  package func run() throws -> Result {
    let file = try optimizerFile()
    var machine = try ProgramMeasurer(
      tools: tools, device: options.device, store: store, isInterrupted: isInterrupted)
    // A device that is ready says how many it has; no kind has more.
    let nsps = machine.device.totalNSPs ?? NSPLayout.mostNSPs
    let configurations = file == nil ? try options.configurations(nsps: nsps) : []
    let job = try ConfiguratorJob(options)
    let bestFolder = "\(job.outputFolder)/best/\(job.modelName)"
    try Self.checkWritable(bestFolder)
    machine.length = options.length
    machine.compileTimeout = options.compileTimeout
    machine.runTimeout = options.runTimeout
    machine.coolDown = options.coolDown
    machine.retriesFailures = options.retriesFailures
    try options.saveConfigurations(configurations)
    let measurer = ConfigurationMeasurer(job, machine, report: report)

    let objective = file?.objective ?? .throughput
    let results: [ConfigurationResult]
    var optimized: OptimizedResults?
    if let file {
      let search = OptimizedSearch(file, nsps: nsps, setSize: options.setSizes[0])
      let found = try search.run(measure: measurer.measure)
      results = found.results
      optimized = OptimizedResults(search: search, outcomes: found.outcomes)
    } else {
      results = try measurer.measure(
        configurations.map {
          .init($0, setSizes: options.compilesOnly ? [] : $0.setSizes(options.setSizes))
        })
    }
    let ranked = results.ranked(by: objective)
    let hasBest = try writeFolders(ranked, objective, job, machine, best: bestFolder)
    return Result(
      ranked: ranked, optimized: optimized, objective: objective,
      table: try writeTable(ranked, job), best: hasBest ? bestFolder : nil,
      bestIsOld: !hasBest && FileManager.default.fileExists(atPath: bestFolder),
      model: job.model, device: machine.device,
      environment: AICEnvironment(sdk: machine.sdk, device: machine.device))
  }

  /// Hours of measuring should not end at a folder that cannot be written or is somebody else's.
  private static func checkWritable(_ folder: String) throws {
    let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw IsocutError(cannotCreate: "cannot create the folder \(parent)", cause: error)
    }
    try OutputFolder(creating: folder, overwrites: true, marker: ResultFolder.script).abandon()
  }

  private func writeTable(_ ranked: [ConfigurationResult], _ job: ConfiguratorJob) throws -> String
  {
    let path = "\(job.outputFolder)/results-\(job.modelName).csv"
    do {
      try FileManager.default.createDirectory(
        atPath: job.outputFolder, withIntermediateDirectories: true)
      try Data(ConfigurationTable.text(of: ranked).utf8).write(
        to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw IsocutError(cannotCreate: "cannot write \(path)", cause: error)
    }
    return path
  }

  /// One folder a configuration that was measured, and the best one again under a name that is
  /// always the same.
  ///
  /// - Returns: whether there is a best one.
  private func writeFolders(
    _ ranked: [ConfigurationResult], _ objective: ConfiguratorFile.Objective,
    _ job: ConfiguratorJob, _ machine: ProgramMeasurer, best: String
  ) throws -> Bool {
    var hasBest = false
    for result in ranked {
      guard let point = result.best(objective) else { continue }
      var folder = ResultFolder(
        path: "\(job.outputFolder)/results/\(job.modelName)/\(result.configuration.name)",
        program: try job.program(of: result.configuration, on: machine), point: point,
        measuredBy: machine, configuration: result.configuration)
      try folder.replace()
      guard !hasBest else { continue }
      folder.path = best
      try folder.replace()
      hasBest = true
    }
    return hasBest
  }
}
