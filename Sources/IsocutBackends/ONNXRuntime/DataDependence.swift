internal import IsocutFormats
internal import IsocutGraph

/// Tensors whose shape may depend on the data and not only on the input shapes.
///
/// Three runs can agree by chance. So a tensor is taken for data-dependent, whatever was seen, where
/// the engine's own inference does not know its shape and it comes from an operator that gives as
/// many values as its data say.
struct DataDependence {
  /// The reason for each such tensor.
  private(set) var reasons: [String: String] = [:]
  /// Tensors whose values depend on what the caller gives.
  private var valued: Set<String>
  /// Tensors whose shape the engine knows without a run.
  private let known: Set<String>

  /// Operators whose output has as many values as the data say, or other values on another path.
  private static let sources: Set<String> = [
    "NonZero", "NonMaxSuppression", "Unique", "Compress", "If", "Loop", "Scan", "StringSplit",
    "SequenceAt", "ConcatFromSequence", "SplitToSequence", "OptionalGetElement", "TfIdfVectorizer",
  ]
  private static let shapeReaders: Set<String> = ["Shape", "Size"]
  private static let standardDomains: Set<String> = ["", "ai.onnx.ml", "com.microsoft"]

  /// - Parameters:
  ///   - inferred: types as the engine infers them without a run. An unknown rank looks like a
  ///     scalar, so what is inferred counts only where a run showed the same.
  ///   - seen: what a run showed.
  init(_ model: ONNXFile, inferred: [String: TensorType], seen: [String: TensorSpec]) {
    valued = Set(model.inputs.map(\.name))
    known = Set(
      seen.values.filter { inferred[$0.name]?.fixedShape == $0.shape }.map(\.name))
    let nodes = model.nodes
    // Files may be unsorted, so the sets grow until nothing changes.
    var changed = true
    while changed {
      changed = false
      for node in nodes where visit(node) { changed = true }
    }
  }

  private mutating func visit(_ node: ONNXNode) -> Bool {
    let origin = node.inputs.first { reasons[$0] != nil }
    let isControlFlow = node.kind == "If" || node.kind == "Loop" || node.kind == "Scan"
    // Bodies may read tensors that are not listed.
    let readsData = isControlFlow || node.inputs.contains { valued.contains($0) }
    let isValued =
      Self.shapeReaders.contains(node.kind) ? origin != nil : readsData || origin != nil
    // What a function or a foreign operator does inside is not known.
    let isSource =
      Self.sources.contains(node.kind) || !Self.standardDomains.contains(node.domain)
    var changed = false
    for output in node.outputs where !output.isEmpty {
      if isValued, valued.insert(output).inserted { changed = true }
      guard reasons[output] == nil, !known.contains(output),
        (isSource && readsData) || origin != nil
      else { continue }
      reasons[output] =
        isSource
        ? "\(node.kind) may give another shape for other data"
        : "its shape follows from \(origin ?? ""), which depends on the data"
      changed = true
    }
    return changed
  }
}
