import ArgumentParser
import IsocutBackends
import IsocutGraph
import IsocutProfile
import IsocutReport
import IsocutSearch

struct ModelConfiguratorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model-configurator",
    abstract: "Search the configurations of a model on Qualcomm Cloud AI 100.",
    usage: "isocut model-configurator [MODEL onnx] [-option value …] [-- qaic-compile options]",
    discussion: """
      Takes the command lines of the vendor's model_configurator.py, in both of its dialects: one \
      dash or two, values behind a blank or =, names cut short where only one is meant.

      \(ConfiguratorOption.help)

      Examples:
        isocut model-configurator model.onnx onnx -list-configs -cores 14 \\
          -mos 1,2,4 -enable-single-device-partitioning
        isocut model-configurator -model=model.onnx -convert-to-fp16 -cores 2,4
        isocut model-configurator -model=model.onnx -convert-to-fp16 \\
          -config=search.json
      """)

  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("The model and options, as above.", valueName: "words"))
  var words: [String] = []

  func run() async throws {
    let arguments = try ConfiguratorArguments(parsing: words)
    guard !arguments.asksForHelp else { throw CleanExit.helpRequest(self) }
    let options = try ConfiguratorOptions(arguments)
    let report = try report(options)
    if options.listsOnly { try list(options, report) } else { try await search(options, report) }
  }

  /// The vendor's way of writing options is not that of other commands; what these mean is.
  private func report(_ options: ConfiguratorOptions) throws -> ReportOptions {
    var report = ReportOptions()
    report.format = try options.format.map { name in
      guard let format = ReportFormat(rawValue: name) else {
        throw IsocutError(.usage, "-format \(name) is none of table, json, csv and markdown")
      }
      return format
    }
    report.report = options.report
    report.color = .auto
    try report.check()
    return report
  }

  private func list(_ options: ConfiguratorOptions, _ report: ReportOptions) throws {
    let rows = try options.configurations(nsps: options.nsps ?? NSPLayout.mostNSPs)
    try options.saveConfigurations(rows)
    let listing = ConfigurationListing(rows)
    switch try report.form {
    case .table: try report.write(listing.text)
    case .csv: try report.write(ConfigurationTable.text(rows))
    case .markdown:
      var table = Table(columns: listing.columns.map { .init($0, key: $0) })
      for row in listing.rows { table.append(row.map(Cell.text)) }
      try report.write(Report(tables: [table], json: nil))
    case .json:
      let json: JSONValue = ["rows": .array(rows.map(ConfiguratorRows.json))]
      try report.write(Report(tables: [], summary: .now(), members: json))
    }
  }

  private func search(_ options: ConfiguratorOptions, _ report: ReportOptions) async throws {
    let tools = AICTools()
    let progress = Progress()
    defer { progress.clear() }
    var configurator = ModelConfigurator(
      options, tools: tools, store: nil, isInterrupted: { Interruption.isRequested },
      report: { ConfiguratorProgress.show($0, on: progress) })
    // Before the store is opened: without the tools nothing is written.
    try configurator.check()
    try tools.requireAll()
    configurator.store = try StoreOptions.open(options.store, isKept: options.keepsMeasurements)
    let search = configurator
    let result = try await BlockingThread.run("isocut search") { try search.run() }
    progress.clear()
    try write(result, options, report)
    let isEmpty = result.ranked.allSatisfy { $0.failure != nil && $0.points.isEmpty }
    if isEmpty, let first = result.ranked.first?.failure {
      throw IsocutError(
        first.code,
        "none of the \(result.ranked.count) configurations could be measured; see \(result.table)",
        cause: first)
    }
  }

  private func write(
    _ result: ModelConfigurator.Result, _ options: ConfiguratorOptions, _ report: ReportOptions
  ) throws {
    let content = try ConfiguratorReport.make(result, options: options)
    switch try report.form {
    case .table:
      // The vendor's own table of an optimised search stands first.
      let optimized = result.optimized.map { "Optimized search results:\n\($0.text)\n" } ?? ""
      try report.write(optimized + content.text(as: .table))
    case .csv: try report.write(ConfigurationTable.text(of: result.ranked))
    case .json, .markdown: try report.write(content)
    }
  }
}
