import Foundation
import _IsocutTestSupport

/// What the vendor published, from `Tests/Data/cloud-ai-100/published-cases.json`.
struct PublishedCases: Decodable {
  struct Cluster: Decodable {
    var cores: Int
    var sizes: [Int]
    var mos: [Int]?
    var accepted: Bool
    var source: String
  }

  struct RunnerLine: Decodable {
    var line: String
    var count: Int
    var duration_us: Int
    var batch: Int
    var rate: Double
  }

  var cluster_cases: [Cluster]
  var runner_line_cases: [RunnerLine]

  static func read() throws -> PublishedCases {
    let bytes = try TestData.bytes("cloud-ai-100/published-cases.json")
    return try JSONDecoder().decode(PublishedCases.self, from: Data(bytes))
  }
}
