import Foundation
import IsocutReport

extension JSONValue: Decodable {
  /// Reads any JSON; members of objects end in alphabetical order.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let values = try? container.decode([JSONValue].self) {
      self = .array(values)
    } else {
      let members = try container.decode([String: JSONValue].self)
      self = .object(members.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) })
    }
  }

  /// The value of a JSON document.
  init(parsing data: Data) throws { self = try JSONDecoder().decode(JSONValue.self, from: data) }

  /// Any value as its JSON, keys in snake case; numbers that JSON lacks become null.
  init(encoding value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try self.init(parsing: encoder.encode(value))
  }

  /// The members of both objects, those of `self` first.
  func merging(_ other: JSONValue) -> JSONValue {
    guard case .object(let first) = self, case .object(let second) = other else { return self }
    return .object(first + second)
  }
}
