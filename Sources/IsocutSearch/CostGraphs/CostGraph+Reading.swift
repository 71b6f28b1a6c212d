public import Foundation
internal import IsocutGraph

extension CostGraph {
  /// Reads the cost graph in a file.
  ///
  /// - Throws: `IsocutError` `.missingInput` when it cannot be read, else as `init(json:name:)`.
  public init(file: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else {
      throw IsocutError(.missingInput, "cannot read the cost graph \(file): no such file")
    }
    guard !isFolder.boolValue, let json = FileManager.default.contents(atPath: file) else {
      throw IsocutError(
        .missingInput,
        "cannot read the cost graph \(file): it is no file that may be read; give a JSON file")
    }
    try self.init(json: json, name: file)
  }

  /// Reads a cost graph in either form: isocut's own (`operators`) or the one of the published
  /// device-placement data set (`nodes`, `maxFPGAs`).
  ///
  /// - Parameter name: how errors name the source.
  /// - Throws: `IsocutError` `.badData` saying which field is wrong.
  public init(json: Data, name: String) throws {
    struct Shape: Decodable {
      var operators: Anything?
      var nodes: Anything?
      struct Anything: Decodable { init(from decoder: any Decoder) {} }
    }
    do {
      let shape = try JSONDecoder().decode(Shape.self, from: json)
      if shape.operators != nil {
        self = try JSONDecoder().decode(CostGraphFile.self, from: json).costGraph()
      } else if shape.nodes != nil {
        self = try JSONDecoder().decode(PlacementFile.self, from: json).costGraph()
      } else {
        throw IsocutError(
          .badData, "it has neither operators (a cost graph) nor nodes (a placement graph)")
      }
    } catch let error as DecodingError {
      throw IsocutError(
        .badData, "\(name) is no cost graph: \(error.place); docs/solver.md describes the form")
    } catch let error as IsocutError {
      throw IsocutError(.badData, "\(name) is no cost graph: \(error.message)")
    }
  }
}

extension DecodingError {
  /// What is wrong and where, in one line.
  fileprivate var place: String {
    let (what, path): (String, [any CodingKey]) =
      switch self {
      case .keyNotFound(let key, let context):
        ("\(key.stringValue) is missing", context.codingPath)
      case .typeMismatch(let type, let context): ("\(type) expected", context.codingPath)
      case .valueNotFound(let type, let context):
        ("\(type) expected, null found", context.codingPath)
      case .dataCorrupted(let context) where context.codingPath.isEmpty: ("it is no JSON", [])
      case .dataCorrupted(let context): (context.debugDescription, context.codingPath)
      @unknown default: ("it cannot be decoded", [])
      }
    let place = path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
    return place.isEmpty ? what : "\(what) at \(place)"
  }
}
