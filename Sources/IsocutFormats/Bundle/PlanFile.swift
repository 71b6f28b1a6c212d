public import Foundation
public import IsocutGraph

/// `plan.json`: a plan as JSON with snake-case keys in alphabetical order.
public enum PlanFile {
  public static let name = "plan.json"

  public static func encode(_ plan: Plan) throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(plan) + Data("\n".utf8)
  }

  /// Writes `plan.json` into a folder.
  ///
  /// - Throws: `IsocutError` `.inputOutput`.
  public static func write(_ plan: Plan, inFolder folder: String) throws {
    do {
      try encode(plan).write(to: URL(fileURLWithPath: folder + "/" + name))
    } catch {
      throw IsocutError(.inputOutput, "cannot write \(folder)/\(name)", cause: error)
    }
  }

  /// - Parameter path: where the data came from, for messages.
  /// - Throws: `IsocutError` `.badData` for anything but a plan of a known schema version.
  public static func decode(_ data: Data, path: String) throws -> Plan {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let header: Header
    do {
      header = try decoder.decode(Header.self, from: data)
    } catch let error as DecodingError {
      throw IsocutError(
        .badData, "\(path) is no isocut plan: \(Self.place(of: error)); make the bundle again")
    }
    guard header.schemaVersion > 0 else {
      throw IsocutError(
        .badData,
        "\(path) has schema version \(header.schemaVersion), which no isocut wrote; make the bundle again"
      )
    }
    guard header.schemaVersion <= Plan.currentSchemaVersion else {
      throw IsocutError(
        .badData,
        """
        \(path) has schema version \(header.schemaVersion), this isocut reads up to \
        \(Plan.currentSchemaVersion); use a newer isocut
        """)
    }
    do {
      return try decoder.decode(Plan.self, from: data)
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
      // The header was JSON: a decoder speaks so of a number that its field cannot hold.
      throw IsocutError(
        .badData, "\(path) is damaged: a number is out of the range of its field")
    } catch let error as DecodingError {
      throw IsocutError(.badData, "\(path) is damaged: \(Self.place(of: error))")
    }
  }

  private struct Header: Decodable {
    var schemaVersion: Int
  }

  /// The field a decoding error is about.
  private static func place(of error: DecodingError) -> String {
    func name(_ path: [any CodingKey]) -> String {
      path.reduce(into: "") { text, key in
        if let index = key.intValue {
          text += "[\(index)]"
        } else {
          text += (text.isEmpty ? "" : ".") + snakeCase(key.stringValue)
        }
      }
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "field \(name(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context) where context.codingPath.isEmpty:
      return "it is no JSON object"
    case .dataCorrupted(let context) where context.codingPath.isEmpty: return "it is no JSON"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "field \(name(context.codingPath)) has a wrong type"
    case .dataCorrupted(let context): return "field \(name(context.codingPath)) is not readable"
    @unknown default: return "it does not read"
    }
  }

  /// As keys are in the file.
  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
  }
}
