/// What the fields of a table are, so that a copy finds everything behind its offsets.
///
/// FlatBuffers do not describe themselves: whether four bytes are a number or an offset is known
/// from the schema only.
struct TableShape: Sendable {
  /// What an error calls the table.
  let name: String
  /// Nil where all fields are plain numbers: such a table is copied as it is, fields that a newer
  /// schema may have added included.
  let fields: [FieldKind]?

  /// A table of plain numbers.
  static func numbers(_ name: String) -> TableShape { TableShape(name: name, fields: nil) }
}

indirect enum FieldKind: Sendable {
  /// A number of so many bytes.
  case number(Int)
  /// The position of a tensor or of a subgraph, 32 bits; a copy gets the new position.
  case tensor, subgraph
  /// A vector of elements of so many bytes.
  case vector(Int)
  /// A vector of positions of subgraphs.
  case subgraphs
  /// A vector of bytes with a NUL behind.
  case text
  case table(TableShape)
  case tables(TableShape)
  /// A table whose shape depends on the number in the field before.
  case union([UInt8: TableShape])
}

extension TableShape {
  /// How the values of a quantized tensor are turned into real ones.
  static let quantization = TableShape(
    name: "quantization",
    fields: [
      .vector(4), .vector(4), .vector(4), .vector(8), .number(1),
      .union([
        1: TableShape(name: "custom quantization", fields: [.vector(1)]),
        2: TableShape(name: "blockwise quantization", fields: [.tensor, .tensor, .number(4)]),
      ]),
      .number(4),
    ])

  private static let indexVector = FieldKind.union([
    1: TableShape(name: "index vector", fields: [.vector(4)]),
    2: TableShape(name: "index vector", fields: [.vector(2)]),
    3: TableShape(name: "index vector", fields: [.vector(1)]),
  ])

  /// How the values of a sparse tensor are stored.
  static let sparsity = TableShape(
    name: "sparsity",
    fields: [
      .vector(4), .vector(4),
      .tables(
        TableShape(
          name: "sparse dimension",
          fields: [.number(1), .number(4), .number(1), indexVector, .number(1), indexVector])),
    ])

  static let variantTensor = TableShape(
    name: "variant tensor", fields: [.vector(4), .number(1), .number(1)])
}
