internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

/// What the null backend runs: a stage file, or a script that only says how long a run takes.
///
/// A script is JSON in a file that ends in `.json`: `{"name": "a", "milliseconds": 1.5}`.
enum NullArtifact {
  case model(Graph)
  case script(name: String, milliseconds: Double)

  /// - Throws: `IsocutError` `.missingInput` or `.badData`.
  init(_ path: String) throws {
    guard path.hasSuffix(".json") else {
      self = .model(try Self.graph(ofModel: path))
      return
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw IsocutError(.missingInput, "cannot read \(path)")
    }
    do {
      let script = try JSONDecoder().decode(Script.self, from: data)
      self = .script(name: script.name, milliseconds: script.milliseconds)
    } catch {
      throw IsocutError(
        .badData, "\(path) is no script of the null backend; it needs name and milliseconds",
        cause: error)
    }
  }

  private struct Script: Codable {
    var name: String
    var milliseconds: Double
  }

  /// The graph of an ONNX file.
  static func graph(ofModel path: String) throws -> Graph {
    try ONNXModel(file: ONNXFile(path: path)).graph
  }

  /// - Throws: `IsocutError` `.badData` where the file does not have a tensor of the boundary.
  func program(inputs: [TensorSpec], outputs: [TensorSpec]) throws -> NullProgram {
    switch self {
    case .script(let name, let milliseconds):
      return NullProgram(
        named: name, milliseconds: milliseconds, inputs: inputs, outputs: outputs)
    case .model(let graph):
      let known = Set(graph.tensors.map(\.name)).union(graph.constants.map(\.name))
      for spec in inputs + outputs where !known.contains(spec.name) {
        throw IsocutError(.badData, "the stage file has no tensor \(spec.name)")
      }
      return NullProgram(graph)
    }
  }
}
