import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile
import IsocutSolver

/// The cut that a user would have without isocut, which is always measured and reported: equal bytes
/// of parameters, as the vendor's compiler cuts where there is one.
struct Baseline: Sendable {
  var cut: Cut
  /// Whether the vendor's compiler made it.
  var isVendors: Bool
  /// What a reader of the report should know.
  var notes: [String]

  /// For sentences.
  var name: String {
    isVendors ? "the compiler's own split (--num_segments)" : "the equal-parameter split"
  }

  /// - Throws: `IsocutError` `.infeasible` for more stages than operators that can be cut,
  ///   `.unavailable` where the compiler is missing.
  init(
    _ request: PartitionRequest, _ preparation: Preparation, _ measurer: Measurer,
    report: (Partitioner.Event) -> Void
  ) async throws {
    let graph = preparation.graph
    self.init(
      cut: try EqualParameters.cut(graph, stageCount: request.stageCount), isVendors: false,
      notes: [])
    guard try request.preparation.backend.make().compilesExpensively else { return }
    report(.cuttingBaseline)
    do {
      let title = request.segmentStem ?? "model"
      let segments = try await measurer.compiledSplit(
        of: preparation.prepared.path, title: title, into: request.stageCount)
      cut = try Self.cut(graph, like: segments)
      for (stage, segment) in zip(cut.stages, segments) {
        try await measurer.adopt(segment, forStage: try preparation.stageFiles(stage))
      }
      isVendors = true
      notes = ["The baseline is \(name), compiled and measured as the compiler made it."]
    } catch let error as IsocutError where [.vendorTool, .badData].contains(error.code) {
      report(.noVendorsCut(error.message))
      notes = [
        "The compiler's own split cannot be the baseline (\(error.message)); isocut's split with equal parameters is."
      ]
    }
  }

  private init(cut: Cut, isVendors: Bool, notes: [String]) {
    self.cut = cut
    self.isVendors = isVendors
    self.notes = notes
  }

  /// The cut whose stages have the operators of the vendor's segments; they are known by the tensors
  /// that they make.
  ///
  /// - Throws: `IsocutError` `.badData` where the segments are no cut of the graph.
  private static func cut(_ graph: Graph, like segments: [CompiledFile]) throws -> Cut {
    var places: [String: Int] = [:]
    for (index, operation) in graph.operators.enumerated() { places[operation.id] = index }
    var stageOf = Array(repeating: -1, count: graph.operators.count)
    for (stage, segment) in segments.enumerated() {
      guard let path = segment.files.dropFirst(2).first else { continue }
      for operation in try TFLiteModel(file: TFLiteFile(path: path)).graph.operators {
        guard let place = places[operation.id] else {
          throw IsocutError(
            .badData, "its segment \(stage) has an operator \(operation.id) that the model lacks")
        }
        stageOf[place] = stage
      }
    }
    let cut = Cut(stageCount: segments.count, stageOf: stageOf)
    try cut.validate(for: graph)
    return cut
  }
}
