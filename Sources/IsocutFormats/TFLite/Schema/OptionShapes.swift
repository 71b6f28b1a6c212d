/// The options of builtin operators that hold more than plain numbers, by their position in the
/// schema's two unions. All other known members are tables of plain numbers.
enum OptionShapes {
  /// `BuiltinOptions`.
  static func first(_ number: UInt8) -> TableShape? {
    if let shape = firstShapes[number] { return shape }
    return (1...126).contains(number) ? .numbers("options") : nil
  }

  /// `BuiltinOptions2`.
  static func second(_ number: UInt8) -> TableShape? {
    if let shape = secondShapes[number] { return shape }
    return (1...22).contains(number) ? .numbers("options") : nil
  }

  private static func shape(_ name: String, _ fields: FieldKind...) -> TableShape {
    TableShape(name: name, fields: fields)
  }

  private static let firstShapes: [UInt8: TableShape] = [
    3: shape("ConcatEmbeddings options", .number(4), .vector(4), .vector(4)),
    16: shape("Call options", .subgraph),
    17: shape("Reshape options", .vector(4)),
    30: shape("Squeeze options", .vector(4)),
    92: shape("If options", .subgraph, .subgraph),
    93: shape("While options", .subgraph, .subgraph),
    103: shape("CallOnce options", .subgraph),
    111: shape("VarHandle options", .text, .text),
    115: shape("Bucketize options", .vector(4)),
  ]

  private static let secondShapes: [UInt8: TableShape] = [
    2: shape("StablehloBroadcastInDim options", .vector(8)),
    3: shape("StablehloSlice options", .vector(8), .vector(8), .vector(8)),
    4: shape(
      "StablehloConvolution options", .vector(8), .vector(8), .vector(8), .vector(8), .vector(1),
      .number(8), .number(8), .vector(8), .number(8), .number(8), .vector(8), .number(8),
      .number(8), .vector(8), .number(8), .number(8), .vector(4)),
    5: shape(
      "StablehloCustomCall options", .text, .number(1), .text, .number(4), .subgraphs, .vector(1)),
    6: shape("StablehloReduce options", .vector(8), .subgraph),
    7: shape(
      "StablehloScatter options", .number(1), .vector(8), .vector(8), .vector(8), .number(8),
      .number(1), .subgraph),
    9: shape("StablehloDynamicSlice options", .vector(8)),
    10: shape("StablehloPad options", .vector(8), .vector(8), .vector(8)),
    12: shape(
      "StablehloDotGeneral options", .vector(8), .vector(8), .vector(8), .vector(8), .vector(4)),
    13: shape(
      "StablehloReduceWindow options", .vector(8), .vector(8), .vector(8), .vector(8), .vector(8),
      .subgraph),
    14: shape("StablehloSort options", .number(8), .number(1), .subgraph),
    15: shape("StablehloWhile options", .subgraph, .subgraph),
    16: shape(
      "StablehloGather options", .vector(8), .vector(8), .vector(8), .number(8), .vector(8),
      .number(1)),
    17: shape("StablehloTranspose options", .vector(8)),
    21: shape(
      "StablehloComposite options", .text, .subgraph, .vector(1), .number(1), .number(4)),
    23: shape("StablehloCase options", .subgraphs),
  ]
}
