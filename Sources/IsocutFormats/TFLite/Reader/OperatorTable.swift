/// An operator of a subgraph as the file describes it.
struct OperatorTable: Sendable {
  /// Where its table lies.
  let position: Int
  /// Its kind: a position among the model's operator codes.
  let code: Int
  /// Tensors read; -1 holds the place of an input that is not given.
  let inputs: [Int32]
  let outputs: [Int32]
  /// Tensors that the operator uses for itself.
  let intermediates: [Int32]
  /// Subgraphs that it runs.
  let bodies: [Int32]
  /// The bytes that only a custom operator's kernel understands.
  let customOptions: Range<Int>?

  init(_ table: FlatTable, _ budget: inout DecodingBudget) throws(FlatBufferError) {
    try budget.spend(256, at: table.position)
    position = table.position
    code = Int(try table.number(0, UInt32.self))
    inputs = try budget.numbers(table, 1)
    outputs = try budget.numbers(table, 2)
    intermediates = try budget.numbers(table, 8)
    customOptions = try Self.customOptions(table)
    bodies =
      try Self.bodies(table, 3, OptionShapes.first, &budget)
      + Self.bodies(table, 11, OptionShapes.second, &budget)
  }

  /// Inside the FlatBuffer or, in files above 2 GB, behind it.
  private static func customOptions(_ table: FlatTable) throws(FlatBufferError) -> Range<Int>? {
    if let inside = try table.vector(5, width: 1) { return inside.range }
    return try table.outsideRange(offset: 9, size: 10)
  }

  private static func bodies(
    _ table: FlatTable, _ id: Int, _ shapes: (UInt8) -> TableShape?,
    _ budget: inout DecodingBudget
  ) throws(FlatBufferError) -> [Int32] {
    let number = try table.number(id, UInt8.self)
    guard number != 0, let fields = shapes(number)?.fields, let options = try table.table(id + 1)
    else { return [] }
    var bodies: [Int32] = []
    for (id, kind) in fields.enumerated() {
      switch kind {
      case .subgraph: bodies.append(try options.number(id, Int32.self))
      case .subgraphs: bodies += try budget.numbers(options, id)
      default: break
      }
    }
    return bodies
  }
}

extension FlatTable {
  /// A range of the file behind the FlatBuffer, given by two 64-bit fields; an offset of 0 or 1
  /// means that there is none.
  func outsideRange(offset: Int, size: Int) throws(FlatBufferError) -> Range<Int>? {
    let start = try number(offset, UInt64.self)
    let count = try number(size, UInt64.self)
    guard start > 1 else { return nil }
    let end = UInt64(reader.bytes.count)
    guard start <= end, count <= end - start else {
      throw FlatBufferError(problem: .pastEnd, position: position)
    }
    return Int(start)..<Int(start + count)
  }
}
