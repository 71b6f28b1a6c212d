import Foundation
import _IsocutTestSupport

/// The vendor's printed rows and counts, from `Tests/Data/cloud-ai-100/published-cases.json`.
struct PublishedListing: Decodable {
  struct Listing: Decodable {
    struct Options: Decodable {
      var batchsize: [Int]
      var cores: [Int]
      var mos: [Int]
      var ols: [Int]
      var instances: [Int]
    }

    var name: String
    var options: Options
    var first_row_number: Int
    var expected_rows: [[Field]]
  }

  struct Count: Decodable {
    struct Conditions: Decodable {
      var nsps: Int
      var batchsize: [Int]
      var mos: [Int]
      var ols: [Int]
    }

    var name: String
    var conditions: Conditions?
    var expected_count: Int
    var usable_as_test: Bool?
  }

  struct Cluster: Decodable {
    var cores: Int
    var sizes: [Int]
    var mos: [Int]?
    var accepted: Bool
  }

  /// A number, or a list as Python prints it.
  enum Field: Decodable, CustomStringConvertible {
    case number(Int)
    case list([Int])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        self = .number(number)
      } else {
        self = .list(try container.decode([Int].self))
      }
    }

    var description: String {
      switch self {
      case .number(let number): String(number)
      case .list(let list): "[" + list.map(String.init).joined(separator: ", ") + "]"
      }
    }
  }

  var columns: [String]
  var listing_cases: [Listing]
  var count_cases: [Count]
  var cluster_cases: [Cluster]

  static func read() throws -> PublishedListing {
    let bytes = try TestData.bytes("cloud-ai-100/published-cases.json")
    return try JSONDecoder().decode(PublishedListing.self, from: Data(bytes))
  }
}
