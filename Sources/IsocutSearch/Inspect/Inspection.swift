import IsocutBackends
package import IsocutFormats
package import IsocutGraph
package import IsocutProfile

/// What `isocut inspect` shows: the graph of the prepared model, or of the file as it is.
package struct Inspection: Sendable {
  package var modelPath: String
  package var format: ModelFormat
  package var formatDescription: String
  package var opsets: [String: Int]
  package var fileNodeCount: Int
  package var graph: Graph
  /// True where shapes are fixed and the graph is the one that would be cut.
  package var isPrepared: Bool
  package var preparedSha256: String?
  package var notes: [String]

  /// Reads a model, and prepares it where an engine is at hand and all sizes are known.
  ///
  /// - Throws: `IsocutError` `.missingInput` and `.badData` for a file that is no model, and what
  ///   preparing throws for sizes that were given and are wrong.
  package static func make(
    of request: PreparationRequest, measurer: Measurer
  ) async throws -> Inspection {
    let file = try ONNXFile(path: request.model.modelPath)
    var inspection = Inspection(
      modelPath: request.model.modelPath, format: .onnx, formatDescription: file.formatDescription,
      opsets: file.opsets, fileNodeCount: file.nodes.count,
      graph: try ONNXModel(file: file, types: [:], pinned: [:]).graph, isPrepared: false,
      preparedSha256: nil, notes: [])
    if case .unavailable(let reason, let remedy) = try request.backend.make().availability() {
      inspection.notes.append(
        "Shown as the file is, because \(request.backend.name) is not available: \(reason). \(remedy)"
      )
      return inspection
    }
    do {
      _ = try file.resolveShapes(shapes: request.model.shapes, dimensions: request.model.dimensions)
    } catch let error as IsocutError
      where request.model.shapes.isEmpty && request.model.dimensions.isEmpty && error.code == .usage
    {
      inspection.notes.append("Shown as the file is, with sizes left open: \(error.message).")
      return inspection
    }
    let preparation = try await Preparation(request, measurer: measurer)
    inspection.graph = preparation.model.graph
    inspection.isPrepared = true
    inspection.preparedSha256 = preparation.prepared.sha256
    inspection.notes += preparation.prepared.notes
    return inspection
  }
}

extension ONNXFile {
  /// Format, version and origin in one line.
  var formatDescription: String {
    let opsets = opsets.sorted { $0.key < $1.key }
      .map { "\($0.key.isEmpty ? "ai.onnx" : $0.key) \($0.value)" }.joined(separator: ", ")
    let producer = [producerName, producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
    return "ONNX IR \(irVersion), opset \(opsets)" + (producer.isEmpty ? "" : ", by \(producer)")
  }
}
