import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite struct ConfiguratorFileTests {
  private func file(_ text: String) throws -> ConfiguratorFile {
    try ConfiguratorFile(parsing: Data(text.utf8), path: "search.json")
  }

  @Test func bothDialectsAreRead() throws {
    let newer = try file(
      """
      {"search-mode": "optimized", "objective": "max-throughput",
       "search-parameters": {"cores": {"min": 1, "max": 14}, "batch-size": {"min": 1, "max": 16},
                             "set-size": {"min": 1, "max": 10}},
       "initial-values": [{"cores": 2, "batch-size": 1, "set-size": 1}]}
      """)
    #expect(newer.dialect == .newer)
    #expect(newer.objective == .throughput)
    #expect(newer.maxEvaluations == 200)
    #expect(newer.ranges == [.cores: 1...14, .batchSize: 1...16, .setSize: 1...10])
    #expect(newer.starts == [[.cores: 2, .batchSize: 1, .setSize: 1]])

    let older = try file(
      """
      {"max_func_eval": 50, "objective": "minimize_latency",
       "params": {"bs": {"min": 1, "max": 1}}, "static_params": {"mos": 2},
       "initial_values": [{"bs": 1}]}
      """)
    #expect(older.dialect == .older)
    #expect(older.objective == .latency)
    #expect(older.maxEvaluations == 50)
    #expect(older.fixed == [.mos: 2])
    #expect(older.ranges == [.batchSize: 1...1])
  }

  @Test(arguments: [ConfiguratorFile.Dialect.older, .newer])
  func whatIsWrittenIsReadBackTheSame(dialect: ConfiguratorFile.Dialect) throws {
    let written = ConfiguratorFile(
      dialect: dialect, objective: .latency, maxEvaluations: 17,
      ranges: [.cores: 1...14, .batchSize: 1...8], fixed: [.mos: 1],
      starts: [[.cores: 7, .batchSize: 1], [.cores: 14, .batchSize: 1]])
    #expect(try file(written.text) == written)
  }

  @Test func oneConfigurationIsWrittenInTheVendorsLayout() {
    let configuration = AICConfiguration(
      layout: NSPLayout(cores: 7, mos: .uniform(1), instances: 2), batchSize: 13, ols: 2)
    expectSnapshot(
      ConfiguratorFile(measuring: configuration, setSize: 3).text,
      named: "aic100/optimizer-file")
  }

  @Test(arguments: [
    ("[]", "search.json is no JSON object"),
    ("{}", "search.json has no search-parameters (older files: params)"),
    (#"{"params": {}, "colour": 1}"#, "search.json has the unknown key colour"),
    (
      #"{"params": {}, "search-parameters": {}}"#,
      "search.json says search-parameters twice, in both dialects"
    ),
    (#"{"params": {"nsp": {"min": 1, "max": 2}}}"#, "search.json names the unknown parameter nsp"),
    (
      #"{"params": {"mos": {"min": 3, "max": 2}}}"#,
      "search.json has a min of mos above its max"
    ),
    (
      #"{"params": {"mos": {"min": 0, "max": 2}}}"#,
      "search.json must give mos min as a whole number above 0"
    ),
    (
      #"{"params": {"mos": 3}}"#,
      #"search.json must give mos as {"min": …, "max": …}"#
    ),
    (
      #"{"params": {}, "objective": "fastest"}"#,
      "search.json has the objective fastest; known are max-throughput and min-latency"
    ),
    (
      #"{"params": {}, "search-mode": "random"}"#,
      "search.json has the search-mode random; known is optimized"
    ),
  ])
  func whatTheFormatDoesNotHaveIsRefusedByName(text: String, message: String) {
    let error = #expect(throws: IsocutError.self) { try file(text) }
    #expect(error?.code == .badData)
    #expect(error?.message == message)
  }
}
