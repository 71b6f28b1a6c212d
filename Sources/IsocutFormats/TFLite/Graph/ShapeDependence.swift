internal import IsocutGraph

/// Tensors whose shape may depend on the data and not only on the input shapes.
///
/// An engine leaves the size of many tensors open until they are computed, also of those that follow
/// from the input shapes by way of SHAPE; and a few runs can agree by chance. So a tensor is taken
/// for data-dependent, whatever was seen, where the engine does not know its size without a run and
/// it comes from an operator that gives as many values as its data say, or reads its output's shape
/// from them.
package struct ShapeDependence {
  /// The reason for each such tensor, by its name in the graph.
  package private(set) var reasons: [String: String] = [:]
  /// Tensors whose values depend on what the caller gives, on state or on chance.
  private var valued: Set<Int32>
  private let file: TFLiteFile
  private let names: TensorNames
  /// Names of tensors whose size the engine knows without a run.
  private let known: Set<String>

  /// Inputs whose values are or make the output's shape, by operator; the schema's order.
  private static let shapeInputs: [String: [Int]] = [
    "ARG_MAX": [1], "ARG_MIN": [1], "BATCH_TO_SPACE_ND": [1, 2], "BROADCAST_TO": [1],
    "CONV_3D_TRANSPOSE": [0], "DILATE": [1], "EXPAND_DIMS": [1], "FILL": [0], "MEAN": [1],
    "MIRROR_PAD": [1], "MULTINOMIAL": [1], "NON_MAX_SUPPRESSION_V4": [2],
    "NON_MAX_SUPPRESSION_V5": [2], "ONE_HOT": [1], "PAD": [1], "PADV2": [1],
    "RANDOM_STANDARD_NORMAL": [0], "RANDOM_UNIFORM": [0], "RANGE": [0, 1, 2], "REDUCE_ALL": [1],
    "REDUCE_ANY": [1], "REDUCE_MAX": [1], "REDUCE_MIN": [1], "REDUCE_PROD": [1],
    "REDUCE_WINDOW": [2, 3, 4, 5], "RESHAPE": [1], "RESIZE_BILINEAR": [1],
    "RESIZE_NEAREST_NEIGHBOR": [1], "RFFT2D": [1], "SCATTER_ND": [2], "SLICE": [1, 2],
    "SPACE_TO_BATCH_ND": [1, 2], "SPARSE_TO_DENSE": [1], "SPLIT": [0], "SPLIT_V": [1, 2],
    "STRIDED_SLICE": [1, 2, 3], "SUM": [1], "TILE": [1], "TOPK_V2": [1], "TRANSPOSE": [1],
    "TRANSPOSE_CONV": [0], "UNSORTED_SEGMENT_MAX": [2], "UNSORTED_SEGMENT_MIN": [2],
    "UNSORTED_SEGMENT_PROD": [2], "UNSORTED_SEGMENT_SUM": [2],
  ]
  /// Operators whose output has as many values as the data say, or is computed by other subgraphs.
  private static let sources: Set<String> = [
    "CALL", "DELEGATE", "EMBEDDING_LOOKUP_SPARSE", "HASHTABLE_FIND", "IF", "READ_VARIABLE",
    "SEGMENT_SUM", "STABLEHLO_COMPOSITE", "STABLEHLO_CUSTOM_CALL", "STABLEHLO_WHILE", "UNIQUE",
    "WHERE", "WHILE",
  ]
  /// Operators whose values follow from the shapes of what they read.
  private static let shapeReaders: Set<String> = ["RANK", "SHAPE", "ZEROS_LIKE"]

  /// - Parameter known: names of tensors whose size the engine knows without a run.
  package init(_ model: TFLiteModel, known: Set<String>) {
    file = model.file
    names = TensorNames(file.main.tensors)
    self.known = known
    let main = file.main
    let written = Set(main.operators.flatMap(\.outputs))
    // What nobody writes is given, or stayed from the inference before; empty lists are neither.
    valued = Set(
      main.tensors.indices.lazy.map(Int32.init).filter { [file] in
        let tensor = file.main.tensors[Int($0)]
        return !written.contains($0) && !tensor.isEmpty && file.model.data(of: tensor).isEmpty
      })
    // The graph was built, so operators are in the order in which they run.
    for entry in main.operators { visit(entry) }
  }

  private mutating func visit(_ entry: OperatorTable) {
    let code = file.model.operatorCodes[entry.code]
    let origin = entry.inputs.first { $0 >= 0 && reasons[names[$0]] != nil }
    let readsData = !code.isPure || entry.inputs.contains(where: isValued)
    let readsShapeFromData = (Self.shapeInputs[code.kind] ?? []).contains {
      entry.inputs.indices.contains($0) && isValued(entry.inputs[$0])
    }
    // What an operator that is newer than this list does is not known.
    let isSource =
      readsShapeFromData
      || readsData
        && (Self.sources.contains(code.kind) || code.number == BuiltinOperator.custom
          || !BuiltinOperator.isKnown(code.number))
    let followsData =
      Self.shapeReaders.contains(code.kind) ? origin != nil : readsData || origin != nil
    for output in entry.outputs where output >= 0 {
      if followsData { valued.insert(output) }
      let name = names[output]
      guard !known.contains(name), isSource || origin != nil else { continue }
      reasons[name] =
        isSource
        ? "\(code.kind) may give another shape for other data"
        : "its shape follows from \(origin.map { names[$0] } ?? ""), which depends on the data"
    }
  }

  private func isValued(_ tensor: Int32) -> Bool {
    tensor >= 0 && (valued.contains(tensor) || file.main.tensors[Int(tensor)].isVariable)
  }
}
