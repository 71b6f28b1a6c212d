/// A place where the graph's own order can be cut in two, and what would cross there.
public struct CutPoint: Hashable, Sendable {
  /// How many units come before, of `Graph.contraction`.
  public var unitsBefore: Int
  /// The last operator before the cut, as a position in `Graph.operators`.
  public var after: Int
  /// Tensors made before and read behind, model inputs that are read behind included.
  public var tensors: [TensorIndex]
  /// Their bytes; nil where a size is not known.
  public var byteCount: Int?
}

extension Graph {
  /// The places between consecutive units, in order. Cuts that do not follow this one order exist
  /// too; these are the ones a reader can picture.
  public var cutPoints: [CutPoint] {
    let contraction = self.contraction
    guard contraction.units.count > 1 else { return [] }
    // For each tensor the unit after which it is alive, and the last unit that reads it.
    var born: [[TensorIndex]] = Array(repeating: [], count: contraction.units.count)
    var lastUse = Array(repeating: -1, count: tensors.count)
    for (index, tensor) in tensors.enumerated() {
      lastUse[index] = tensor.consumers.map { contraction.unitOf[$0] }.max() ?? -1
      born[tensor.producer.map { contraction.unitOf[$0] } ?? 0].append(index)
    }
    var alive: [TensorIndex] = []
    return contraction.units.indices.dropLast().map { unit in
      alive.removeAll { lastUse[$0] <= unit }
      alive += born[unit].filter { lastUse[$0] > unit }
      let sizes = alive.map { tensors[$0].type.byteCount }
      return CutPoint(
        unitsBefore: unit + 1, after: contraction.units[unit].last ?? 0, tensors: alive,
        byteCount: sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) })
    }
  }
}
