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
  /// Of operators that were compiled for the Edge TPU.
  package var compiledPackages: [CompiledPackage]
  package var notes: [String]

  /// Reads a model, and prepares it where an engine is at hand that takes it and all sizes are known.
  ///
  /// - Throws: `IsocutError` `.missingInput` and `.badData` for a file that is no model, and what
  ///   preparing throws for sizes that were given and are wrong.
  package static func make(
    of request: PreparationRequest, measurer: Measurer
  ) async throws -> Inspection {
    let backend = try request.backend.make()
    let file = try backend.format.open(request.model.modelPath)
    var inspection = Inspection(
      modelPath: request.model.modelPath, format: backend.format,
      formatDescription: file.formatDescription, opsets: file.opsets,
      fileNodeCount: file.operatorCount, graph: try file.graph(), isPrepared: false,
      preparedSha256: nil, compiledPackages: try file.compiledPackages(), notes: [])
    if case .unavailable(let reason, let remedy) = backend.availability() {
      inspection.notes.append(
        "Shown as the file is, because \(request.backend.name) is not available: \(reason). \(remedy)"
      )
      return inspection
    }
    let isAsTheFileSays = request.model.shapes.isEmpty && request.model.dimensions.isEmpty
    do {
      _ = try file.resolveShapes(shapes: request.model.shapes, dimensions: request.model.dimensions)
    } catch let error as IsocutError
      where isAsTheFileSays && error.code == .usage
    {
      inspection.notes.append("Shown as the file is, with sizes left open: \(error.message).")
      return inspection
    }
    let preparation: Preparation
    do {
      preparation = try await Preparation(request, measurer: measurer)
    } catch let error as IsocutError
      where error.code == .badData || (error.code == .usage && isAsTheFileSays)
    {
      inspection.notes.append("Shown as the file is, because it cannot run here: \(error.message).")
      return inspection
    }
    inspection.graph = preparation.graph
    inspection.isPrepared = true
    inspection.preparedSha256 = preparation.prepared.sha256
    inspection.notes += preparation.prepared.notes
    return inspection
  }
}
