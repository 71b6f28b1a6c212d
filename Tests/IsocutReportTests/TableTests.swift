import IsocutReport
import Testing
import _IsocutTestSupport

@Suite struct TableTests {
  /// Every kind of cell, a missing one in each column, and text that each format must escape.
  static let stages: Table = {
    var table = Table(
      title: "Stages",
      columns: [
        .init("stage"), .init("file"), .init("measured", unit: .milliseconds),
        .init("rate", unit: .itemsPerSecond, key: "throughput_items_per_s"),
        .init("parameters", unit: .mebibytes, key: "parameter_mib"), .init("busy", unit: .percent),
        .init("exact"),
      ])
    table.append([
      .integer(0), .text("stage_0.onnx"), .number(6.412345678901), .number(155.95),
      .mebibytes(fromBytes: 1_572_864), .number(99.8), .flag(true),
    ])
    table.append(
      [
        .integer(10), .text("odd, \"quoted\" | name\u{1B}\n"), .number(0.0312), .missing,
        .mebibytes(fromBytes: nil), .number(100), .flag(false),
      ], isEmphasized: true)
    table.append([.integer(2), .text("short")])
    return table
  }()

  @Test("a terminal table is aligned, numbers at the right edge of their column")
  func terminal() {
    expectSnapshot(Self.stages.terminalText(), named: "report/table")
    #expect(!Self.stages.terminalText().contains("\u{1B}"))
  }

  @Test("colour adds only bold, around the header and emphasized rows")
  func color() {
    let plain = Self.stages.terminalText()
    let colored = Self.stages.terminalText(color: true)
    #expect(colored != plain)
    let stripped =
      colored.replacing("\u{1B}[1m", with: "").replacing("\u{1B}[0m", with: "")
    #expect(stripped == plain)
    #expect(colored.split(separator: "\n").filter { $0.hasPrefix("\u{1B}[1m") }.count == 2)
  }

  @Test("Markdown is aligned and its bars are escaped")
  func markdown() {
    expectSnapshot(Self.stages.markdownText, named: "report/markdown")
  }

  @Test("CSV names units in every header, quotes as RFC 4180 says and keeps every digit")
  func csv() {
    let lines = Self.stages.csvText.components(separatedByLineEnds: ())
    #expect(
      lines[0] == "stage,file,measured_ms,throughput_items_per_s,parameter_mib,busy_percent,exact")
    #expect(lines[1] == "0,stage_0.onnx,6.412345678901,155.95,1.5,99.8,true")
    #expect(lines[2] == "10,\"odd, \"\"quoted\"\" | name\u{1B}\n\",0.0312,,,100.0,false")
    #expect(lines[3] == "2,short,,,,,")
    #expect(lines[4].isEmpty && lines.count == 5)
  }

  @Test("a lone carriage return or a CR LF inside a field is quoted")
  func csvLineEnds() {
    var table = Table(columns: [.init("text")])
    table.append([.text("a\r\nb")])
    table.append([.text("a\rb")])
    #expect(table.csvText == "text\r\n\"a\r\nb\"\r\n\"a\rb\"\r\n")
  }

  @Test("JSON rows carry every key, nulls included")
  func json() {
    expectSnapshot(Self.stages.json.text, named: "report/json")
  }

  @Test("cells beyond the columns are dropped, lacking ones are missing")
  func rowLengths() {
    var table = Table(columns: [.init("a"), .init("b")])
    table.append([.integer(1), .integer(2), .integer(3)])
    table.append([])
    #expect(table.rows.map(\.cells) == [[.integer(1), .integer(2)], [.missing, .missing]])
  }

  @Test("a title, which may be a file's name, cannot steer the terminal")
  func title() {
    let table = Table(title: "a\u{1B}[2J.onnx", columns: [.init("name")])
    #expect(table.terminalText() == "a\\u{1b}[2J.onnx\nname\n----\n")
    #expect(!table.markdownText.contains("\u{1B}"))
  }

  @Test("a table without rows still shows its columns")
  func empty() {
    let table = Table(columns: [.init("name"), .init("p50", unit: .milliseconds)])
    #expect(table.terminalText() == "name  p50 ms\n----  ------\n")
    #expect(table.markdownText == "| name | p50 ms |\n| ---- | -----: |\n")
    #expect(table.csvText == "name,p50_ms\r\n")
    #expect(table.json.text == "[]")
  }
}

extension String {
  /// Lines as CSV parts them. (`split` sees CR LF as one character and LF as another.)
  fileprivate func components(separatedByLineEnds _: ()) -> [String] {
    var lines = [""]
    for character in self {
      if character == "\r\n" { lines.append("") } else { lines[lines.count - 1].append(character) }
    }
    return lines
  }
}
