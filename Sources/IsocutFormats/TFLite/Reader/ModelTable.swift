/// A whole TFLite file, decoded but for weights, quantization and options, which stay where they
/// are. All positions of tensors, buffers, operator codes and subgraphs are within bounds.
struct ModelTable: Sendable {
  struct OperatorCode: Sendable {
    let position: Int
    let number: Int32
    let customName: String?
    let version: Int32

    /// The schema's name or, for a custom operator, its own.
    var kind: String {
      number == BuiltinOperator.custom ? customName ?? "CUSTOM" : BuiltinOperator.name(number)
    }
  }

  struct Metadata: Sendable {
    let name: String
    let buffer: Int
  }

  struct Signature: Sendable {
    let key: String
    let subgraph: Int
    /// Names of the model's interface with positions of tensors.
    let inputs: [(name: String, tensor: Int)]
    let outputs: [(name: String, tensor: Int)]
  }

  let version: UInt32
  let description: String?
  let operatorCodes: [OperatorCode]
  let subgraphs: [SubgraphTable]
  /// Where the bytes of each buffer lie; empty ranges for those without.
  let buffers: [Range<Int>]
  let metadataBuffers: [Int32]
  let metadata: [Metadata]
  let signatures: [Signature]
  /// True where weights are kept in other files.
  let hasExternalBuffers: Bool

  init(_ bytes: UnsafeRawBufferPointer) throws {
    let table = try FlatReader(bytes: bytes).root(identifier: "TFL3")
    var budget = DecodingBudget(byteCount: bytes.count)
    version = try table.number(0, UInt32.self)
    description = try budget.text(table, 3)
    hasExternalBuffers = try table.reference(8) != nil || table.reference(9) != nil
    metadataBuffers = try budget.numbers(table, 5)
    var codes: [OperatorCode] = []
    try table.forEachTable(1) { codes.append(try OperatorCode($0, &budget)) }
    operatorCodes = codes
    var buffers: [Range<Int>] = []
    try table.forEachTable(4) {
      try budget.spend(16, at: $0.position)
      let inside = try $0.vector(0, width: 1)?.range
      buffers.append(try inside ?? $0.outsideRange(offset: 1, size: 2) ?? 0..<0)
    }
    self.buffers = buffers
    var subgraphs: [SubgraphTable] = []
    try table.forEachTable(2) { subgraphs.append(try SubgraphTable($0, &budget)) }
    self.subgraphs = subgraphs
    var metadata: [Metadata] = []
    try table.forEachTable(6) {
      try budget.spend(48, at: $0.position)
      metadata.append(
        Metadata(
          name: try budget.text($0, 0) ?? "", buffer: Int(try $0.number(1, UInt32.self))))
    }
    self.metadata = metadata
    var signatures: [Signature] = []
    try table.forEachTable(7) { signatures.append(try Signature($0, &budget)) }
    self.signatures = signatures
    try checkReferences()
  }
}

extension ModelTable.OperatorCode {
  fileprivate init(_ table: FlatTable, _ budget: inout DecodingBudget) throws {
    try budget.spend(64, at: table.position)
    position = table.position
    // Numbers above 127 do not fit the older field.
    number = max(Int32(try table.number(0, Int8.self)), try table.number(3, Int32.self))
    customName = try budget.text(table, 1)
    version = try table.number(2, Int32.self, default: 1)
  }
}

extension ModelTable.Signature {
  fileprivate init(_ table: FlatTable, _ budget: inout DecodingBudget) throws {
    try budget.spend(96, at: table.position)
    func ports(_ id: Int) throws -> [(name: String, tensor: Int)] {
      var ports: [(name: String, tensor: Int)] = []
      try table.forEachTable(id) {
        try budget.spend(48, at: $0.position)
        ports.append((try budget.text($0, 0) ?? "", Int(try $0.number(1, UInt32.self))))
      }
      return ports
    }
    key = try budget.text(table, 2) ?? ""
    subgraph = Int(try table.number(4, UInt32.self))
    inputs = try ports(0)
    outputs = try ports(1)
  }
}
