import Testing
import _IsocutTestSupport

@testable import IsocutBackends

/// Logs as no tool should print them, and as other systems and versions might: nothing traps, and
/// what is there is read.
@Suite struct DamagedLogTests {
  static let logs = [
    "compile_perf_metrics_bert", "latency_summary", "model_configurator_results",
    "opstats_activation_bert", "runner_bert_device_performance", "runner_resnet50_fp16",
  ].map { "cloud-ai-100/logs/\($0).txt" }

  /// Everything that any reader makes of a text.
  private struct Reading: Equatable {
    var compiler: CompilerOutput
    var summaries: [LatencySummary]
    var searches: ConfiguratorLog
    var statistics: OperatorStatistics
    var runner: RunnerOutput
    var devices: DeviceQuery
    var latency: LatencyFile?
    var choice: String

    init(_ text: String) {
      compiler = CompilerOutput(parsing: text)
      summaries = LatencySummary.all(in: text)
      searches = ConfiguratorLog(parsing: text)
      statistics = OperatorStatistics(parsing: text)
      runner = RunnerOutput(parsing: text)
      devices = DeviceQuery(parsing: text)
      latency = try? LatencyFile(parsing: text, path: "latency.txt")
      choice = (try? devices.device(nil, cores: 1)).map(\.description) ?? "none"
      _ = latency?.totalMilliseconds
      _ = AICLatency(milliseconds: latency?.totalMilliseconds ?? [])
      _ = compiler.traffic.spilledKilobytes
      _ = try? RunnerOutput.result(standardOutput: text, standardError: "", status: 0)
        .millisecondsPerExecution
    }
  }

  @Test(arguments: logs + ["device", "latency"])
  func nothingThatIsDamagedTraps(name: String) throws {
    let text = try Self.text(name)
    var random = SplitMix64(seed: 0x5eed)
    var characters = Array(text.unicodeScalars)
    // Cut anywhere, also within a word.
    for length in stride(from: 0, to: characters.count, by: max(1, characters.count / 60)) {
      _ = Reading(Self.string(characters.prefix(length)))
    }
    let odd = "-+.,:[](){}%= \t\r\n09eENn\u{0}\u{FFFD}é".unicodeScalars.map { $0 }
    for _ in 0..<60 {
      for _ in 0..<8 {
        let place = Int(random.next() % UInt64(characters.count))
        characters[place] = odd[Int(random.next() % UInt64(odd.count))]
      }
      _ = Reading(Self.string(characters[...]))
    }
    // Numbers that no integer and no finite number holds.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for number in ["99999999999999999999999", "-1", "1e999", "nan", "0"] {
      let changed = lines.map { line in
        line.split(separator: " ", omittingEmptySubsequences: false)
          .map { $0.contains { $0.isNumber } && random.next() % 3 == 0 ? Substring(number) : $0 }
          .joined(separator: " ")
      }
      _ = Reading(changed.joined(separator: "\n"))
    }
    for _ in 0..<20 {
      _ = Reading(lines.shuffled(using: &random).joined(separator: "\n"))
    }
  }

  @Test(arguments: logs + ["device", "latency"])
  func lineEndsOfOtherSystemsAndBlanksAtTheEndChangeNothing(name: String) throws {
    let text = try Self.text(name)
    let expected = Reading(text)
    #expect(Reading(text.replacing("\n", with: "\r\n")) == expected)
    #expect(Reading(text.replacing("\n", with: "\n\n")) == expected)
  }

  @Test(arguments: [
    "InferenceCnt 10 TotalDuration 2000us BatchSize 4 Inf/Sec 20000.000 ",
    "[info] InferenceCnt 10 TotalDuration 2000us BatchSize 4 Inf/Sec 20000.000",
    "InferenceCnt\t10\tTotalDuration\t2000us\tBatchSize\t4\tInf/Sec\t20000.000",
    "InferenceCnt 10 TotalDuration 2000us BatchSize 4 Inf/Sec 2e4",
    "InferenceCnt 10 TotalDuration 2000us BatchSize 4 ActivationCnt 7 Inf/Sec 20000.000",
    "InferenceCnt 10 TotalDuration 2000us BatchSize 4 Inf/Sec 20000.000\nWriting file:out.bin",
    "InferenceCnt 1 TotalDuration 9us BatchSize 1 Inf/Sec 1.0\n ---- Stats ----\n"
      + "InferenceCnt 10 TotalDuration 2000us BatchSize 4 Inf/Sec 20000.000",
  ])
  func resultLinesOfOtherVersionsAreRead(text: String) throws {
    let result = try RunnerOutput.result(standardOutput: text, standardError: "", status: 0)
    #expect(result.executions == 10)
    #expect(result.rate == 20000)
    #expect(result.millisecondsPerExecution == 0.2)
  }

  @Test(arguments: [
    ("\tSoC temperature(degree C):43.25\n", 43.25), ("\tSoC Temperature:43.25 C\n", 43.25),
    ("\tTemperature(degree C): 20\n\tSoC Temperature:43.25\n", 43.25), ("\tPower:20 W\n", nil),
    ("\tSoC temperature:unknown\n", nil),
  ])
  func theTemperatureIsReadUnderAnyName(line: String, degrees: Double?) throws {
    let query = DeviceQuery(parsing: "QID 0\n\tStatus:Ready\n" + line)
    #expect(query.devices.first?.temperature == degrees)
  }

  private static func text(_ name: String) throws -> String {
    switch name {
    case "device": DeviceQueryTests.device(qid: 0, total: 14, free: 3)
    case "latency": LatencyTests.file
    default: try TestData.text(name)
    }
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
