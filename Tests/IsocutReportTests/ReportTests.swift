import IsocutGraph
import IsocutReport
import Testing
import _IsocutTestSupport

@Suite struct ReportTests {
  static let report = Report(
    tables: [TableTests.stages, Table(title: "Totals", columns: [.init("items")])],
    notes: ["one core was busy with something else", "try --in-flight 8"],
    json: ["rows": TableTests.stages.json, "winner": nil])

  @Test("tables come first, then the notes", arguments: [ReportFormat.table, .markdown])
  func people(format: ReportFormat) {
    expectSnapshot(Self.report.text(as: format), named: "report/whole-\(format.rawValue)")
  }

  @Test("scripts get the JSON value or the first table as CSV")
  func scripts() {
    #expect(Self.report.text(as: .json) == Self.report.json.text + "\n")
    #expect(Self.report.text(as: .csv) == TableTests.stages.csvText)
    #expect(!Self.report.text(as: .json, color: true).contains("\u{1B}"))
  }

  @Test(
    "a file's suffix picks the format",
    arguments: [
      ("out/result.json", ReportFormat.json), ("a.b/R.CSV", .csv), ("r.md", .markdown),
      ("r.markdown", .markdown), ("r.txt", .table),
    ])
  func suffix(path: String, format: ReportFormat) throws {
    #expect(try ReportFormat(forFile: path) == format)
  }

  @Test(
    "a suffix that names no format is a usage error that lists those that do",
    arguments: ["result", "result.html", "out.json/result", "", ".", "json"])
  func unknownSuffix(path: String) {
    let error = #expect(throws: IsocutError.self) { try ReportFormat(forFile: path) }
    #expect(error?.code == .usage)
    #expect(error?.message.contains(".txt, .json, .csv or .md") == true)
  }

  @Test("the environment is one line for people and an object for scripts")
  func environment() {
    let summary = EnvironmentSummary(
      toolVersion: "0.1.0",
      environment: Plan.Environment(
        cpuModel: "Example CPU", cores: 2, governor: "performance", system: "Linux 6.1",
        engine: "onnxruntime", engineVersion: "1.31.1", date: "2026-11-21T10:00:00Z"),
      load: 0.25)
    #expect(
      summary.line
        == "isocut 0.1.0 · onnxruntime 1.31.1 · Example CPU, 2 cores · governor performance"
        + " · Linux 6.1 · load 0.2500 · 2026-11-21T10:00:00Z")
    let report = Report(tables: [], summary: summary, members: ["pass": true])
    #expect(report.notes == [summary.line])
    #expect(report.json["schema_version"] == 1)
    #expect(report.json["tool_version"] == "0.1.0")
    #expect(report.json["environment"]?["engine_version"] == "1.31.1")
    #expect(report.json["pass"] == true)
    let withoutLoad = EnvironmentSummary(toolVersion: "0.1.0", environment: summary.environment)
    #expect(
      Report(tables: [], summary: withoutLoad, members: [:]).json["environment"]?["load"] == .null)
  }
}
