package import IsocutBackends
package import IsocutFormats
package import IsocutGraph
package import IsocutProfile
import IsocutWorker

/// Which model to prepare, for which backend.
package struct PreparationRequest: Sendable {
  package var backend: BackendSelection
  package var model: PrepareRequest
  /// The number of segments that the pipelined runners of libcoral and pycoral are to take, with the
  /// model's inputs at the first and its outputs at the last; nil where isocut alone runs the stages.
  package var segmentsForVendorRunners: Int?

  package init(backend: BackendSelection, model: PrepareRequest) {
    self.backend = backend
    self.model = model
  }
}

/// A model ready to be cut, in a folder that goes with it.
package final class Preparation: Sendable {
  package let prepared: PreparedModel
  package let model: any CuttableModel
  /// The model's graph with what a cut may not divide here.
  package let graph: Graph
  /// What a reader of the plan should know of it.
  package let notes: [String]
  /// Size and hash of the file the user gave.
  package let source: ModelSource
  private let workFolder: WorkFolder
  /// Where stages may be written, and where the prepared model is unless it is kept.
  package var folder: String { workFolder.path }

  /// Prepares a model in the measurer's worker, so that an engine that crashes on it is an error.
  ///
  /// - Throws: `IsocutError` as reading and preparing throw it.
  package init(_ request: PreparationRequest, measurer: Measurer) async throws {
    // The file is read here first: its own errors are clearer than an engine's.
    source = try ModelSource(readingFile: request.model.modelPath, for: request.backend)
    _ = try source.file.resolveShapes(
      shapes: request.model.shapes, dimensions: request.model.dimensions)
    workFolder = try WorkFolder()
    prepared = try await measurer.prepare(
      request.model, modelSHA256: source.sha256, in: workFolder.path)
    model = try prepared.openModel()
    let graph = model.graph
    if let segments = request.segmentsForVendorRunners {
      (self.graph, notes) = graph.forVendorRunners(segments: segments)
    } else {
      (self.graph, notes) = (graph, [])
    }
  }
}

/// The model file that a user gave.
package struct ModelSource: Sendable {
  package let file: any SourceModel
  package let sha256: String

  /// - Throws: `IsocutError` `.missingInput` or `.badData`.
  package init(readingFile path: String, for backend: BackendSelection) throws {
    file = try backend.make().format.open(path)
    sha256 = try file.sha256()
  }
}
