internal import IsocutFormats
internal import IsocutGraph

/// Tensors whose shape may depend on the data and not only on the input shapes.
///
/// Three runs can agree by chance. So a tensor is taken for data-dependent, whatever was seen, where
/// the engine's own inference does not know its shape and it comes from an operator that gives as
/// many values as its data say, or reads its output's shape from them.
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
  /// Inputs whose values are or make the output's shape, by operator: positions in the standard's
  /// list of inputs.
  private static let shapeInputs: [String: [Int]] = [
    "AffineGrid": [1], "BlackmanWindow": [0], "CenterCropPad": [1], "Col2Im": [1, 2],
    "ConstantOfShape": [0], "DFT": [1], "Expand": [1], "HammingWindow": [0], "HannWindow": [0],
    "MaxUnpool": [2], "MelWeightMatrix": [0, 1], "OneHot": [1], "Pad": [1, 3], "Range": [0, 1, 2],
    "ReduceL1": [1], "ReduceL2": [1], "ReduceLogSum": [1], "ReduceLogSumExp": [1],
    "ReduceMax": [1], "ReduceMean": [1], "ReduceMin": [1], "ReduceProd": [1], "ReduceSum": [1],
    "ReduceSumSquare": [1], "Reshape": [1], "Resize": [1, 2, 3], "STFT": [1, 3],
    "Slice": [1, 2, 3, 4], "Split": [1], "Squeeze": [1], "Tile": [1], "TopK": [1],
    "Unsqueeze": [1], "Upsample": [1],
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
    let readsShapeFromData = (Self.shapeInputs[node.kind] ?? []).contains {
      $0 < node.inputs.count && valued.contains(node.inputs[$0])
    }
    // What a function or a foreign operator does inside is not known.
    let isSource =
      readsShapeFromData || Self.sources.contains(node.kind)
      || !Self.standardDomains.contains(node.domain)
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
