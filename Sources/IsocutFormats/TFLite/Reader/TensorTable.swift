internal import IsocutGraph

/// A tensor of a subgraph as the file describes it.
struct TensorTable: Sendable {
  /// Where its table lies.
  let position: Int
  /// May be empty, or the name of another tensor too.
  let name: String
  let shape: [Int32]
  /// The shape with -1 for dimensions that are left open; empty where none is.
  let openShape: [Int32]
  /// True where the file says that an empty shape is a scalar's.
  let hasRank: Bool
  let typeNumber: Int8
  let buffer: Int
  /// True for state that stays between inferences.
  let isVariable: Bool
  /// Tensors that hold its scales and zero points, block by block.
  let quantizationTensors: [Int32]

  init(_ table: FlatTable, _ budget: inout DecodingBudget) throws(FlatBufferError) {
    try budget.spend(192, at: table.position)
    position = table.position
    name = try budget.text(table, 3) ?? ""
    shape = try budget.numbers(table, 0)
    openShape = try budget.numbers(table, 7)
    hasRank = try table.flag(8)
    typeNumber = try table.number(1, Int8.self)
    buffer = Int(try table.number(2, UInt32.self))
    isVariable = try table.flag(5)
    if let quantization = try table.table(4), try quantization.number(4, UInt8.self) == 2,
      let details = try quantization.table(5)
    {
      quantizationTensors = [
        try details.number(0, Int32.self), try details.number(1, Int32.self),
      ]
    } else {
      quantizationTensors = []
    }
  }

  /// What the tensor is by the file alone.
  var type: TensorType {
    let element = ElementType(tfliteNumber: typeNumber)
    // Resources and variants are handles of the engine that runs the stage.
    let container: TensorType.Container = typeNumber == 13 || typeNumber == 14 ? .opaque : .tensor
    return TensorType(
      element: element, shape: shape.map { $0 < 0 ? .unknown : .fixed(Int($0)) },
      container: container)
  }

  /// True where it has elements that need bytes.
  var isEmpty: Bool { shape.contains(0) }
}
